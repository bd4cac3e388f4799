"""Reads of runs and of the runner's state."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, load_only

from core.base.blobs import get_blobs
from core.base.errors import NotFound
from core.base.paging import DEFAULT_SIZE, Page, page_of, paging_id, read_cursor
from core.gateways.runner.port import Plan, RunnerState
from core.runs.models import Run, RunClass, Runner, RunState
from core.runs.rules.fairness import fair_order
from core.runs.rules.lease import OPEN
from core.runs.rules.readiness import RunningState, running_state, state_from_json
from core.runs.rules.stored_plan import hashes_of, unpack_plan


def get_run(session: Session, run_uuid: uuid.UUID) -> Run:
    """A run by its UUID; the caller must already have checked that its subject is accessible. Raises NotFound."""
    run = session.scalar(select(Run).where(Run.uuid == run_uuid))
    if run is None:
        raise NotFound
    return run


def plan_of(session: Session, run: Run) -> Plan:
    """The plan of a run with all contents, as it goes to the sandbox."""
    return unpack_plan(run.job, get_blobs(session, hashes_of(run.job)))


def runs_of(
    session: Session, subject_kind: str, subject_id: int, purposes: Sequence[str] = (), limit: int = 50
) -> Sequence[Run]:
    """The newest runs of a subject first, optionally of some purposes only."""
    wanted = select(Run).where(Run.subject_kind == subject_kind, Run.subject_id == subject_id)
    if purposes:
        wanted = wanted.where(Run.purpose.in_(purposes))
    return session.scalars(wanted.order_by(Run.id.desc()).limit(limit)).all()


def count_open(session: Session, subject_kind: str, subject_id: int) -> int:
    """How many runs of a subject wait or run."""
    open_runs = select(func.count(Run.id)).where(
        Run.subject_kind == subject_kind, Run.subject_id == subject_id, Run.state.in_(OPEN)
    )
    return session.scalar(open_runs) or 0


def runs_of_round(session: Session, subject_kind: str, subject_id: int, round_number: int) -> Sequence[Run]:
    """Every run of one round (``meta["round"]``) of a subject, oldest first."""
    return session.scalars(select(Run).where(*_round(subject_kind, subject_id, round_number)).order_by(Run.id)).all()


def count_ended(session: Session, subject_kind: str, subject_id: int, round_number: int) -> int:
    """How many runs of one round have ended, in whatever way."""
    ended = (*_round(subject_kind, subject_id, round_number), Run.state.not_in(OPEN))
    return session.scalar(select(func.count(Run.id)).where(*ended)) or 0


def _round(subject_kind: str, subject_id: int, round_number: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Run.subject_kind == subject_kind,
        Run.subject_id == subject_id,
        Run.job["meta"]["round"].as_integer() == round_number,
    )


def list_runs(session: Session, after: str = "", size: int = DEFAULT_SIZE) -> Page[Run]:
    """All runs, newest first, without plans and results; for operators."""
    columns = (
        Run.uuid, Run.run_class, Run.purpose, Run.language, Run.state, Run.attempt_number, Run.error,
        Run.created_at, Run.started_at, Run.finished_at,
    )  # fmt: skip
    wanted = select(Run).options(load_only(*columns)).order_by(Run.id.desc()).limit(size + 1)
    if after:
        wanted = wanted.where(Run.id < read_cursor(after, paging_id)[0])
    return page_of(session.scalars(wanted).all(), size, lambda run: [run.id])


def waiting_in_order(session: Session, run_class: RunClass, limit: int | None = None) -> list[Run]:
    """Waiting runs in the order in which they will be claimed, without their plans."""
    columns = (Run.uuid, Run.owner_key, Run.topic, Run.state)
    queued = select(Run).where(Run.run_class == run_class, Run.state == RunState.QUEUED)
    rows = {run.id: run for run in session.scalars(queued.options(load_only(*columns))).all()}
    if not rows:
        return []
    busy = (
        select(Run.owner_key, func.count())
        .where(Run.run_class == run_class, Run.state == RunState.RUNNING)
        .group_by(Run.owner_key)
    )
    running = {row[0]: row[1] for row in session.execute(busy)}
    order = fair_order([(run.id, run.owner_key) for run in rows.values()], running)
    return [rows[run_id] for run_id in order[:limit]]


def queue_position(session: Session, run: Run) -> int | None:
    """The place of a waiting run (1 is next), None once it runs or has ended."""
    if run.state != RunState.QUEUED:
        return None
    order = [waiting.id for waiting in waiting_in_order(session, RunClass(run.run_class))]
    return order.index(run.id) + 1 if run.id in order else None


def classes_waiting(session: Session, older_than: dt.datetime) -> list[RunClass]:
    """Classes with a run that has waited since before ``older_than``: their wake-up may have been lost."""
    waiting = select(Run.run_class).where(Run.state == RunState.QUEUED, Run.created_at < older_than).distinct()
    return [RunClass(name) for name in session.scalars(waiting)]


def runner_status(session: Session, now: dt.datetime) -> RunningState:
    """What pages show: ready, building n %, or off with reason and cure; per language what can run."""
    row = _newest(session)
    return running_state(row.status if row else None, row.seen_at if row else None, now)


def last_runner_state(session: Session) -> RunnerState | None:
    """The newest report of a runner whatever its age; None before the first."""
    row = _newest(session)
    return state_from_json(row.status) if row else None


def _newest(session: Session) -> Runner | None:
    return session.scalar(select(Runner).order_by(Runner.seen_at.desc()).limit(1))


def is_held(session: Session, run_id: int, attempt_number: int) -> bool:
    """Whether this start of the run is still the one that counts."""
    held = (Run.id == run_id, Run.attempt_number == attempt_number, Run.state == RunState.RUNNING)
    return session.scalar(select(Run.id).where(*held)) is not None
