"""Real processes, killed in mid-run: the run finishes, or ends as "sandbox error", in time (decision 1)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.assessments.actions.attempt_runs import request_own_run
from core.base.clock import utc_now
from core.runs.models import Run
from core.wiring import deliver_to_queues
from runtime.process import children_of
from tests.jobs.conftest import ROOT
from tests.jobs.rows import make_work

pytestmark = pytest.mark.engine
BOUND_SECONDS = 30.0
SLOW = b"import time\nprint('up', flush=True)\ntime.sleep(1.2)\nprint(sum(map(int, input().split())))\n"


@contextlib.contextmanager
def process(wiring: Any, *arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = wiring.settings
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PROOFROOM_SECRET_KEY": settings.secret_key,
        "PROOFROOM_SANDBOX_SOCKET": settings.sandbox_socket,
        "PROOFROOM_STATE_DIR": str(log.parent),
    }
    with log.open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
    try:
        yield child
    finally:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(20)
        child.kill()
        child.wait(5)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "log"
    yield path
    print(path.read_text()[-3000:] if path.exists() else "")


def ask(wiring: Any) -> int:
    deliver_to_queues(wiring.redis)
    with wiring.database.unit_of_work() as session:
        _, task = make_work(session)
        [run] = request_own_run(session, task, {"main.py": SLOW}, "20 22\n", utc_now(), "c")
        return run.id


def look(wiring: Any, run_id: int) -> Run:
    with wiring.database.unit_of_work() as session:
        return session.scalars(select(Run).where(Run.id == run_id)).one()


def until(wiring: Any, run_id: int, seconds: float, *states: str) -> Run:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run = look(wiring, run_id)
        if run.state in states:
            return run
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s the run is still {look(wiring, run_id).state}")


def running(wiring: Any, run_id: int) -> Run:
    """Wait until the program itself is at work."""
    end = time.monotonic() + 40
    while time.monotonic() < end:
        run = look(wiring, run_id)
        if run.state == "running" and run.stage.startswith("running"):
            return run
        time.sleep(0.05)
    raise AssertionError("the run never began")


def await_gone(pids: list[int], seconds: float = 15) -> None:
    """Gone, or dead and waiting for whoever adopted them."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(is_alive(pid) for pid in pids):
            return
        time.sleep(0.1)
    raise AssertionError(f"still there: {[pid for pid in pids if is_alive(pid)]}")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def assert_right(run: Run) -> None:
    assert run.result is not None
    assert run.result["tests"][0]["stdout"] == "up\n42\n"


def test_a_killed_worker_loses_nothing(wiring, log):
    with process(wiring, "jobs.timetable", log=log), process(wiring, "jobs.worker", "run=2", log=log) as parent:
        run_id = ask(wiring)
        first = running(wiring, run_id)
        worker = int(first.leased_by.rpartition(":")[2])
        assert worker in children_of(parent.pid)
        began = time.monotonic()
        os.kill(worker, signal.SIGKILL)
        run = until(wiring, run_id, BOUND_SECONDS + run_limit(first), "finished", "failed")
        assert (run.state, run.attempt_number) == ("finished", 2)
        assert_right(run)
        print(f"finished {time.monotonic() - began:.1f} s after the kill")
        assert len(children_of(parent.pid)) == 2


def test_a_killed_parent_takes_its_workers_along_and_a_new_one_goes_on(wiring, log):
    with process(wiring, "jobs.timetable", log=log):
        with process(wiring, "jobs.worker", "run=1", "default=1", log=log) as parent:
            run_id = ask(wiring)
            first = running(wiring, run_id)
            workers = children_of(parent.pid)
            parent.kill()
            await_gone(workers)
        with process(wiring, "jobs.worker", "run=1", log=log):
            run = until(wiring, run_id, BOUND_SECONDS + run_limit(first), "finished", "failed")
            assert run.state == "finished"
            assert_right(run)


def test_a_killed_sandboxd_that_comes_back_loses_nothing(wiring, sandboxd, log):
    with process(wiring, "jobs.timetable", log=log), process(wiring, "jobs.worker", "run=1", log=log):
        run_id = ask(wiring)
        first = running(wiring, run_id)
        sandboxd.stop(kill=True)
        sandboxd.start()
        run = until(wiring, run_id, BOUND_SECONDS + run_limit(first), "finished", "failed")
        assert (run.state, run.attempt_number) == ("finished", 2)
        assert_right(run)


def test_a_killed_sandboxd_that_stays_away_ends_the_run_as_sandbox_error(wiring, sandboxd, log):
    from core.assessments.queries.attempt_runs import view_of

    with process(wiring, "jobs.timetable", log=log), process(wiring, "jobs.worker", "run=1", log=log):
        run_id = ask(wiring)
        first = running(wiring, run_id)
        sandboxd.stop(kill=True)
        run = until(wiring, run_id, BOUND_SECONDS + run_limit(first), "finished", "failed")
    assert run.state == "failed"
    assert run.error.startswith("sandbox error")
    with wiring.database.unit_of_work() as session:
        from core.assessments.models import AttemptTask

        view = view_of(session, session.scalars(select(AttemptTask)).one(), [run])
    assert view["notice"]


def run_limit(run: Run) -> float:
    return run.limit_ms / 1000


def test_stopping_lets_the_run_at_hand_finish(wiring, log):
    with process(wiring, "jobs.worker", "run=1", "grade=1", log=log) as parent:
        run_id = ask(wiring)
        running(wiring, run_id)
        parent.terminate()
        assert parent.wait(20) == 0
    run = look(wiring, run_id)
    assert (run.state, run.attempt_number) == ("finished", 1)
    assert_right(run)
