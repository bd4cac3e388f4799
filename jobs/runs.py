"""Wake-ups of the three classes of runs: claim the next row, let the sandbox do it, write the answer, until none is left.

A wake-up carries nothing: the rows say what is to be done, so a lost or doubled one does no harm (decision 1).
"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass

from core.assessments.queries.judging import judge_run
from core.base.clock import utc_now
from core.base.log import get_log, log_context
from core.base.queue import enqueue
from core.gateways.runner.port import Outcome, Plan, Progress, RunnerUnavailable, RunRefused
from core.runs.actions import WAKE, claim_run, fail_run, finish_run, hint_positions, release_run, set_stage
from core.runs.errors import LostLease
from core.runs.models import Run, RunClass, RunState
from core.runs.queries import plan_of
from core.runs.rules.lease import SANDBOX_ERROR
from core.runs.rules.stored_result import result_json
from core.wiring import Wiring
from jobs.lease import Lease
from jobs.purposes import take_result
from jobs.start import current, is_stopping

log = get_log(__name__)
WORK_SECONDS = 60.0  # then the rest is left to a new wake-up, so that RQ sees this worker between jobs
SPARE_MS = 20_000  # beyond its own limits a run gets this long before the sandbox counts as stuck
PATIENCE_SECONDS = 8.0  # how long a claimed run waits for a sandbox that is just restarting


def wake_run() -> None:
    """Candidates' own runs."""
    work(RunClass.RUN)


def wake_grade() -> None:
    """Hidden tests of submissions."""
    work(RunClass.GRADE)


def wake_prove() -> None:
    """References and mutants of packs."""
    work(RunClass.PROVE)


@dataclass(frozen=True)
class Claimed:
    """A run that this process holds: its row as claimed, and its plan with contents."""

    row: Run
    number: int
    plan: Plan

    @property
    def job_id(self) -> str:
        """The sandbox's name of this start of the run."""
        return f"{self.row.uuid}-{self.number}"


def work(run_class: RunClass) -> None:
    """Carry out runs of a class until none waits that could run now."""
    wiring = current()
    until = time.monotonic() + WORK_SECONDS
    while not is_stopping():
        claimed = _claim(wiring, run_class)
        if claimed is None:
            return
        with log_context(run=str(claimed.row.uuid), attempt=claimed.number):
            carry_out(wiring, claimed)
        if time.monotonic() > until:
            with wiring.database.unit_of_work() as session:
                enqueue(session, WAKE[run_class])
            return


def _claim(wiring: Wiring, run_class: RunClass) -> Claimed | None:
    languages = wiring.runner.status().ready_languages
    if not languages:
        return None
    with wiring.database.unit_of_work() as session:
        run = claim_run(session, run_class, f"{socket.gethostname()}:{os.getpid()}", utc_now(), languages)
        if run is None:
            return None
        hint_positions(session, run_class)
        return Claimed(run, run.attempt_number, plan_of(session, run))


def carry_out(wiring: Wiring, claimed: Claimed) -> None:
    """Run a claimed row and write what became of it, unless it was taken away meanwhile."""
    with Lease(wiring.database, claimed.row.id, claimed.number) as lease:
        try:
            outcome = _run(wiring, claimed, lease)
            if outcome.error:
                _give_back(wiring, claimed, f"{SANDBOX_ERROR}: {outcome.error}")
            else:
                _write(wiring, claimed, outcome)
        except LostLease:
            log.info("run.lost", purpose=claimed.row.purpose)
            wiring.runner.cancel(claimed.job_id)
        except RunnerUnavailable as error:
            _give_back(wiring, claimed, f"{SANDBOX_ERROR}: {error.reason}")
        except RunRefused as error:
            _fail(wiring, claimed, f"{SANDBOX_ERROR}: {error.reason}")
        except Exception as error:  # a fault of ours: said in the log, tried once more, then told as it is
            log.exception("run.broke", purpose=claimed.row.purpose)
            _give_back(wiring, claimed, f"{SANDBOX_ERROR}: internal {type(error).__name__}")


def _run(wiring: Wiring, claimed: Claimed, lease: Lease) -> Outcome:
    told = {"queued", "box"}  # a claimed run shows as starting anyway
    late_at = time.monotonic() + (claimed.row.limit_ms + SPARE_MS) / 1000
    def on_progress(progress: Progress) -> None:
        lease.check()
        # Time in the sandbox's own queue does not count: its limits begin with the box.
        if progress.stage != "queued" and time.monotonic() > late_at:
            raise RunnerUnavailable("the run did not end within its limits")
        lease.stage = f"{progress.stage} {progress.test}/{progress.total}" if progress.total else progress.stage
        if claimed.row.topic and progress.stage not in told:
            told.add(progress.stage)
            _tell_stage(wiring, claimed, progress.stage)

    _await_sandbox(wiring, lease)
    return wiring.runner.run(claimed.job_id, claimed.plan, on_progress)


def _tell_stage(wiring: Wiring, claimed: Claimed, stage: str) -> None:
    with wiring.database.unit_of_work() as session:
        set_stage(session, claimed.row.id, claimed.number, stage, utc_now())


def _await_sandbox(wiring: Wiring, lease: Lease) -> None:
    """A sandbox that is restarting gets a few seconds: a second start spent on a closed door would be wasted."""
    until = time.monotonic() + PATIENCE_SECONDS
    while wiring.runner.status().engine == "off" and time.monotonic() < until:
        lease.check()
        time.sleep(0.5)


def _write(wiring: Wiring, claimed: Claimed, outcome: Outcome) -> None:
    with wiring.database.reading() as session:
        verdicts = judge_run(session, claimed.row, outcome)
    now = utc_now()
    with wiring.database.unit_of_work() as session:
        run = finish_run(
            session, claimed.row.id, claimed.number, now, result=result_json(outcome), verdicts=verdicts
        )
        take_result(session, run, now)
    log.info("run.finished", purpose=run.purpose, language=run.language, **outcome.timings)


def _give_back(wiring: Wiring, claimed: Claimed, error: str) -> None:
    now = utc_now()
    with wiring.database.unit_of_work() as session:
        try:
            run = release_run(session, claimed.row.id, claimed.number, error, now)
        except LostLease:
            return
        if run.state == RunState.FAILED:
            take_result(session, run, now)
    log.warning("run.given_back", state=run.state, reason=error)


def _fail(wiring: Wiring, claimed: Claimed, error: str) -> None:
    now = utc_now()
    with wiring.database.unit_of_work() as session:
        try:
            take_result(session, fail_run(session, claimed.row.id, claimed.number, error, now), now)
        except LostLease:
            return
    log.warning("run.refused", reason=error)
