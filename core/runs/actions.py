"""Every write to runs. Workers' writes are fenced by the attempt number they claimed (decision 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from core.base.blobs import put_blobs
from core.base.clock import milliseconds, utc_now
from core.base.db import after_commit
from core.base.queue import Job, enqueue
from core.base.realtime import hint_now
from core.gateways.runner.limits import limit_ms
from core.gateways.runner.port import Plan, RunnerState
from core.runs.errors import LostLease
from core.runs.models import Run, RunClass, Runner, RunState
from core.runs.queries import waiting_in_order
from core.runs.rules.lease import (
    NO_SANDBOX,
    PATIENCE_SECONDS,
    SANDBOX_ERROR,
    after_loss,
    lease_end,
    may_become,
    restart_end,
)
from core.runs.rules.readiness import state_json
from core.runs.rules.stored_plan import pack_plan

WAKE = {RunClass.RUN: Job.WAKE_RUN, RunClass.GRADE: Job.WAKE_GRADE, RunClass.PROVE: Job.WAKE_PROVE}
SANDBOX_ROOM = "sandbox"  # every open page listens here for "sandbox.changed"
TOLD_POSITIONS = 50


def request_run(
    session: Session,
    *,
    run_class: RunClass,
    purpose: str,
    subject_kind: str,
    subject_id: int,
    owner_key: str,
    topic: str,
    organisation_id: int | None,
    plan: Plan,
    now: dt.datetime,
    meta: dict[str, Any] | None = None,
) -> Run:
    """Queue one run and wake a worker after the commit. ``meta`` is kept for the feature that owns the purpose."""
    packed, parts = pack_plan(plan)
    put_blobs(session, parts.values())
    run = Run(
        organisation_id=organisation_id,
        run_class=run_class,
        purpose=purpose,
        subject_kind=subject_kind,
        subject_id=subject_id,
        owner_key=owner_key,
        topic=topic,
        language=plan.language,
        job={**packed, "meta": meta or {}},
        limit_ms=limit_ms(plan),
        state=RunState.QUEUED,
        attempt_number=0,
        created_at=now,
    )
    session.add(run)
    session.flush()
    enqueue(session, WAKE[run_class])
    _tell(session, run)
    return run


def claim_run(
    session: Session, run_class: RunClass, worker: str, now: dt.datetime, languages: Collection[str]
) -> Run | None:
    """Lease the next run of a class whose languages are ready; owners take turns (rules/fairness.py)."""
    run = session.scalar(_next_in_turn(run_class, languages))
    if run is None:
        return None
    run.state = RunState.RUNNING
    run.attempt_number += 1
    run.leased_by = worker[:80]
    run.lease_until_at = lease_end(now)
    run.started_at = now
    run.stage = ""
    session.flush()
    _tell(session, run)
    return run


def take_own_run(session: Session, run: Run, worker: str, now: dt.datetime) -> None:
    """Lease a run that this very unit of work has asked for: nobody else sees it yet, so no worker can take it too."""
    run.state = RunState.RUNNING
    run.attempt_number += 1
    run.leased_by = worker[:80]
    run.lease_until_at = lease_end(now)
    run.started_at = now
    session.flush()


def _next_in_turn(run_class: RunClass, languages: Collection[str]) -> Select[Run]:
    running = (
        select(Run.owner_key, func.count().label("number"))
        .where(Run.run_class == run_class, Run.state == RunState.RUNNING)
        .group_by(Run.owner_key)
        .subquery()
    )
    place = func.row_number().over(partition_by=Run.owner_key, order_by=Run.id)
    turns = (
        select(Run.id, (func.coalesce(running.c.number, 0) + place).label("turn"))
        .outerjoin(running, running.c.owner_key == Run.owner_key)
        .where(Run.run_class == run_class, Run.state == RunState.QUEUED, _ready(languages))
        .subquery()
    )
    return (
        select(Run)
        .join(turns, turns.c.id == Run.id)
        # Stated again outside: a row that was claimed between snapshot and lock is checked against this once more.
        .where(Run.state == RunState.QUEUED)
        .order_by(turns.c.turn, Run.id)
        .limit(1)
        .with_for_update(of=Run, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _ready(languages: Collection[str]) -> ColumnElement[bool]:
    """Whether every language that the run needs is among the ready ones."""
    known: ColumnElement[Any] = literal(sorted(languages), JSONB)
    return known.contains(Run.job["needs"])


def renew_lease(
    session: Session, run_id: int, attempt_number: int, now: dt.datetime, stage: str | None = None
) -> None:
    """Hold on to a run for another lease, noting where it is. Raises LostLease."""
    values: dict[str, Any] = {"lease_until_at": lease_end(now)}
    if stage is not None:
        values["stage"] = stage[:24]
    held = (Run.id == run_id, Run.attempt_number == attempt_number, Run.state == RunState.RUNNING)
    renewed = session.scalar(update(Run).where(*held).values(values).returning(Run.id))
    if renewed is None:
        raise LostLease


def set_stage(session: Session, run_id: int, attempt_number: int, stage: str, now: dt.datetime) -> None:
    """Note where a run is and tell its page. Raises LostLease."""
    renew_lease(session, run_id, attempt_number, now, stage)
    run = session.get_one(Run, run_id)
    _hint(session, run.topic, "run.changed", run=str(run.uuid), state=run.state, stage=stage)


def finish_run(
    session: Session,
    run_id: int,
    attempt_number: int,
    now: dt.datetime,
    *,
    result: dict[str, Any],
    verdicts: Sequence[dict[str, Any]] | None = None,
) -> Run:
    """Write the answer of a run. Raises LostLease when the run is no longer this worker's."""
    run = _own(session, run_id, attempt_number)
    run.result = result
    run.verdicts = list(verdicts) if verdicts is not None else None
    return _end(session, run, RunState.FINISHED, "", now)


def fail_run(session: Session, run_id: int, attempt_number: int, error: str, now: dt.datetime) -> Run:
    """End a run that the sandbox could not do; ``error`` says why. Raises LostLease."""
    return _end(session, _own(session, run_id, attempt_number), RunState.FAILED, error, now)


def release_run(session: Session, run_id: int, attempt_number: int, error: str, now: dt.datetime) -> Run:
    """Give a run back whose sandbox went away: queued for one more start, else failed. Raises LostLease."""
    return _lost(session, _own(session, run_id, attempt_number), error, now)


def cancel_run(session: Session, run: Run, now: dt.datetime) -> bool:
    """Cancel a run that has not ended; its worker, if any, notices within a second or two and ends the box."""
    session.refresh(run, with_for_update=True)
    if not may_become(run.state, RunState.CANCELLED):
        return False
    _end(session, run, RunState.CANCELLED, "", now)
    return True


def sweep_leases(session: Session, now: dt.datetime, limit: int = 100) -> list[Run]:
    """Requeue runs whose lease expired, once each; end those that were lost twice as "sandbox error".

    Returns all it touched: the caller hands the failed ones to the feature that owns their purpose. Safe in parallel.
    """
    expired = select(Run).where(Run.state == RunState.RUNNING, Run.lease_until_at < now)
    rows = session.scalars(expired.order_by(Run.id).limit(limit).with_for_update(skip_locked=True)).all()
    return [_lost(session, run, SANDBOX_ERROR, now) for run in rows]


def end_stranded(
    session: Session, now: dt.datetime, languages: Collection[str], limit: int = 100
) -> list[Run]:
    """End runs that no sandbox can do: lost ones after 15 s, and people's own that wait for 30 s. Returns them.

    Grading and proving that never started waits instead, however long it takes. Safe in parallel.
    """
    unstarted = and_(
        Run.run_class == RunClass.RUN,
        Run.attempt_number == 0,
        Run.created_at < now - dt.timedelta(seconds=PATIENCE_SECONDS),
    )
    stranded = select(Run).where(
        Run.state == RunState.QUEUED, not_(_ready(languages)), or_(Run.lease_until_at < now, unstarted)
    )
    rows = session.scalars(stranded.order_by(Run.id).limit(limit).with_for_update(skip_locked=True)).all()
    return [_end(session, run, RunState.FAILED, NO_SANDBOX, now) for run in rows]


def hint_positions(session: Session, run_class: RunClass) -> None:
    """Tell those who wait where they stand now, the first fifty of them."""
    for place, run in enumerate(waiting_in_order(session, run_class, TOLD_POSITIONS), 1):
        if run.topic:
            _hint(session, run.topic, "run.changed", run=str(run.uuid), state=run.state, position=place)


def put_runner_status(session: Session, name: str, state: RunnerState, now: dt.datetime) -> bool:
    """Store what a runner says of itself; True, and a hint to every page, when more than its load changed."""
    status = state_json(state)
    before = session.scalar(select(Runner.status).where(Runner.name == name).with_for_update())
    row = {"name": name[:80], "engine": state.engine[:16], "status": status, "seen_at": now}
    session.execute(insert(Runner).values(row).on_conflict_do_update(index_elements=["name"], set_=row))
    changed = before is None or _without_load(before) != _without_load(status)
    if changed:
        _hint(session, SANDBOX_ROOM, "sandbox.changed", engine=state.engine)
    return changed


def _without_load(status: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in status.items() if key not in ("busy", "queued")}


def _own(session: Session, run_id: int, attempt_number: int) -> Run:
    held = (Run.id == run_id, Run.attempt_number == attempt_number, Run.state == RunState.RUNNING)
    locked = select(Run).where(*held).with_for_update().execution_options(populate_existing=True)
    run = session.scalar(locked)
    if run is None:
        raise LostLease
    return run


def _end(session: Session, run: Run, state: RunState, error: str, now: dt.datetime) -> Run:
    run.state = state
    run.error = error.replace("\0", "")[:300]
    run.finished_at = now
    run.lease_until_at = None
    session.flush()
    _tell(session, run)
    return run


def _lost(session: Session, run: Run, error: str, now: dt.datetime) -> Run:
    if after_loss(run.attempt_number) == RunState.FAILED:
        return _end(session, run, RunState.FAILED, error or SANDBOX_ERROR, now)
    run.state = RunState.QUEUED
    run.lease_until_at = restart_end(now)
    run.leased_by = ""
    session.flush()
    enqueue(session, WAKE[RunClass(run.run_class)])
    _tell(session, run)
    return run


def _tell(session: Session, run: Run) -> None:
    if run.topic:
        _hint(session, run.topic, "run.changed", run=str(run.uuid), state=run.state, purpose=run.purpose)




def _hint(session: Session, room: str, event: str, **data: Any) -> None:
    """Tell the room after the commit. ``version`` is the moment of telling: a page that read before it looks again."""
    after_commit(session, lambda: hint_now(room, event, version=milliseconds(utc_now()), **data))
