"""A whole stack to measure: started as people start it, on a state of its own, then left alone until it is quiet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.assessments.models import Proof, ProofState
from core.base.clock import utc_now
from core.base.ids import uuid7
from core.base.log import set_up_logs
from core.problems.models import PackVersion
from core.runs.models import Run, RunClass, RunState
from core.runs.queries import last_runner_state
from core.runs.rules.readiness import toolchain_of
from core.settings import read_settings
from core.wiring import Wiring, wire
from runtime.embedded import temporary_state
from runtime.environment import instance_environment
from tests.stack import Stack, running_stack

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 300.0


@contextmanager
def measured_stack(*languages: str) -> Iterator[tuple[Stack, Wiring]]:
    """A running stack whose sandbox is ready in these languages, and our own way to its database and queues.

    The shipped packs are taken as proven: proving them is minutes of work for the sandbox that has no place in a figure.
    """
    with temporary_state() as state, running_stack(state) as stack:
        given = {name: value for name, value in stack.environment.items() if value}
        set_up_logs("WARNING", "console")
        wiring = wire(read_settings(instance_environment(ROOT, given)), 3)
        try:
            wait(lambda: trust_packs(wiring, languages), "the sandbox and the packs")
            wait(lambda: stop_proofs(wiring), "the proofs to stop")
            yield stack, wiring
        finally:
            wiring.database.engine.dispose()
            wiring.redis.close()


def trust_packs(wiring: Wiring, languages: tuple[str, ...]) -> bool:
    """Mark every shipped pack as proven in what is ready; False while a language or the packs are missing."""
    with wiring.database.unit_of_work() as session:
        state = last_runner_state(session)
        versions = session.scalars(select(PackVersion)).all()
        if state is None or not versions or not set(languages) <= set(state.ready_languages):
            return False
        if any(language.state == "preparing" for language in state.languages):
            return False
        for version in versions:
            for language in version.manifest["languages"]:
                if toolchain := toolchain_of(state, language):
                    row = {"uuid": uuid7(), "pack_version_id": version.id, "language": language, "toolchain": toolchain,
                           "state": ProofState.PASSED, "total": 1, "done": 1, "report": {}, "created_at": utc_now(),
                           "finished_at": utc_now()}  # fmt: skip
                    done = insert(Proof).values(row)
                    keys = ["pack_version_id", "language", "toolchain"]
                    session.execute(done.on_conflict_do_update(index_elements=keys, set_={"state": ProofState.PASSED, "finished_at": utc_now()}))
    return True


def stop_proofs(wiring: Wiring) -> bool:
    """Cancel what waits to be proven; True when none runs any more."""
    with wiring.database.unit_of_work() as session:
        proving = (Run.run_class == RunClass.PROVE,)
        session.execute(update(Run).where(*proving, Run.state == RunState.QUEUED).values(state=RunState.CANCELLED))
        return session.scalar(select(func.count(Run.id)).where(*proving, Run.state == RunState.RUNNING)) == 0


def wait(until: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Look every half second. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.5)
