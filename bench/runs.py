"""From the click on Run to the hint that brings the result to the page, and where the time goes.

Real parts: PostgreSQL, Redis, sandboxd with the engine it chooses, the workers. Only the browser is missing: what it adds
(sending the request, one GET of the state) is measured with the pages.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.assessments.actions.attempt_runs import request_own_run
from core.assessments.models import AttemptTask
from core.base.clock import utc_now
from core.base.migrations import upgrade
from core.runs.models import Run
from core.runs.queries import runner_status
from core.settings import Settings
from core.wiring import SOCKET_CHANNEL, Wiring, wire
from runtime.embedded import start_postgres, start_redis, temporary_state
from tests.jobs.rows import make_work

ROUNDS = 40
PROGRAM = b"print(sum(map(int, input().split())))\n"
ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 600.0


def run() -> dict[str, Any]:
    """Percentiles in milliseconds of the whole way and of each leg."""
    with parts() as wiring:
        engine = wiring.runner.status().engine
        rows = [one(wiring, task_id(wiring), number) for number in range(ROUNDS + 3)][3:]
    legs = {name: summary([row[name] for row in rows]) for name in rows[0]}
    return {"engine": engine, "rounds": ROUNDS, "legs": legs, "share_of_p50": shares(legs)}


def one(wiring: Wiring, task: int, number: int) -> dict[str, float]:
    """One click, in milliseconds by leg."""
    channel = wiring.redis.pubsub(ignore_subscribe_messages=True)
    channel.subscribe(SOCKET_CHANNEL)
    clicked = time.time()
    with wiring.database.unit_of_work() as session:
        mine = session.get_one(AttemptTask, task)
        [row] = request_own_run(session, mine, {"main.py": PROGRAM}, "20 22\n", utc_now(), f"click-{number}")
    asked = time.time()
    told = await_hint(channel, str(row.uuid))
    channel.close()
    with wiring.database.reading() as session:
        done = session.scalars(select(Run).where(Run.id == row.id)).one()
        timings = done.result["timings"]
        started, finished = done.started_at.timestamp(), done.finished_at.timestamp()
    inside = timings["box_ms"] + timings["build_ms"] + timings["run_ms"]
    return {
        "total": (told - clicked) * 1000,
        "request": (asked - clicked) * 1000,
        "queue_to_claim": max(0.0, (started - asked) * 1000),
        "box": timings["box_ms"],
        "program": timings["build_ms"] + timings["run_ms"],
        "around_the_sandbox": (finished - started) * 1000 - inside,
        "write_and_hint": (told - finished) * 1000,
    }


def await_hint(channel: Any, run_uuid: str) -> float:
    """The moment at which the end of the run reached the sockets' channel."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        message = channel.get_message(timeout=1)
        if message and b"finished" in message["data"] and run_uuid.encode() in message["data"]:
            return time.time()
    raise AssertionError("the run never finished")


def summary(values: list[float]) -> dict[str, float]:
    """p50 and p95, one decimal."""
    ordered = sorted(values)
    return {"p50": round(statistics.median(ordered), 1), "p95": round(ordered[int(len(ordered) * 0.95) - 1], 1)}


def shares(legs: dict[str, dict[str, float]]) -> dict[str, str]:
    """Each leg's share of the sum of medians."""
    parts_of = {name: leg["p50"] for name, leg in legs.items() if name != "total"}
    whole = sum(parts_of.values())
    return {name: f"{100 * value / whole:.0f} %" for name, value in parts_of.items()}


def task_id(wiring: Wiring) -> int:
    """A task of a new attempt: each click is another person's, so that no limit of one person is met."""
    with wiring.database.unit_of_work() as session:
        return make_work(session)[1].id


@contextmanager
def parts() -> Iterator[Wiring]:
    """Everything that takes part, ready."""
    with temporary_state() as state, tempfile.TemporaryDirectory(prefix="pr-bench-") as folder, ExitStack() as stack:
        postgres = start_postgres(state)
        stack.callback(postgres.stop)
        redis = start_redis(state)
        stack.callback(redis.stop)
        Path(folder).chmod(0o755)
        settings = Settings(
            database_url=postgres.url, redis_url=redis.url, secret_key="x" * 32, state_dir=Path(folder),
            sandbox_socket=f"{folder}/s",
        )  # fmt: skip
        wiring = wire(settings, 5)
        upgrade(wiring.database.engine)
        environment = {
            **os.environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url,
            "PROOFROOM_SECRET_KEY": settings.secret_key, "PROOFROOM_STATE_DIR": folder,
            "PROOFROOM_SANDBOX_SOCKET": settings.sandbox_socket,
        }  # fmt: skip
        cache = ROOT / ".cache" / "sandbox" / "bench"
        for argv in (["sandbox", "--socket", settings.sandbox_socket, "--state", str(cache)],
                     ["jobs.worker", "--timetable", "run", "default"]):  # fmt: skip
            log = stack.enter_context((Path(folder) / f"{argv[0]}.log").open("wb"))
            child = subprocess.Popen([sys.executable, "-m", *argv], cwd=ROOT, env=environment, stdout=log, stderr=log)
            stack.callback(lambda child=child: (child.terminate(), child.wait(30)))
        await_ready(wiring)
        yield wiring
        wiring.database.engine.dispose()


def await_ready(wiring: Wiring) -> None:
    """Until the sandbox runs Python and the timetable has said so."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with wiring.database.reading() as session:
            if runner_status(session, utc_now()).can_run("python"):
                return
        time.sleep(0.5)
    raise AssertionError(f"no sandbox: {wiring.runner.status()}")


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
