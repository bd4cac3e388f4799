"""The end of an attempt: handed in by the person, or ended by the clock. Either freezes, records, grades, seals.

Lock order: attempt → workspaces → log (decision 12).
"""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.access import Candidate, access_own_attempt
from core.assessments.models import Answer, Assessment, Attempt, AttemptState, TimeAdjustment
from core.assessments.queries.attempts import clock_of, task_hashes
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import Phase, ended_why, hard_end, phase, seal_at, shared_seconds
from core.base.clock import milliseconds
from core.base.errors import N_, FieldError, Gone, Invalid
from core.base.heartbeats import Outage
from core.base.queue import Job, enqueue
from core.base.realtime import hint
from core.ledger.actions import append_events, begin_late, seal_log
from core.ledger.rules import NewEvent
from core.workspaces.actions import freeze_workspace
from core.workspaces.recording import record_edits
from evidence.canonical import canonical
from evidence.kinds import Kind

BATCH = 50


def open_for_work(session: Session, candidate: Candidate, now: dt.datetime) -> Attempt:
    """The candidate's attempt, locked, when it still takes work. Raises Gone when it is handed in or time is up."""
    attempt = access_own_attempt(session, candidate, lock=True)
    if attempt.state != AttemptState.WORKING:
        raise Gone(N_("This work is handed in and takes no more changes."), code="attempt_over")
    if phase(clock_of(session, attempt), now) in (Phase.GRACE, Phase.OVER):
        raise Gone(N_("The time is up. What was saved before is kept and will be graded."), code="time_up")
    return attempt


def settle(session: Session, candidate: Candidate, now: dt.datetime) -> Attempt:
    """The candidate's attempt as it stands: every read ends it when its time is up, whatever the timetable does."""
    attempt = access_own_attempt(session, candidate)
    if attempt.state != AttemptState.WORKING or now < hard_end(clock_of(session, attempt)):
        return attempt
    attempt = access_own_attempt(session, candidate, lock=True)
    return end_by_clock(session, attempt, now) if attempt.state == AttemptState.WORKING else attempt


def submit_attempt(session: Session, candidate: Candidate, now: dt.datetime) -> Attempt:
    """Hand in. Twice asked gives the same result. Raises Invalid for a required answer that is missing."""
    attempt = access_own_attempt(session, candidate, lock=True)
    if attempt.state != AttemptState.WORKING:
        return attempt
    if phase(clock_of(session, attempt), now) in (Phase.GRACE, Phase.OVER):
        return end_by_clock(session, attempt, now)
    _need_answers(session, attempt)
    _freeze(session, attempt, now, None)
    attempt.state, attempt.finished_at = AttemptState.SUBMITTED, now
    append_events(session, attempt.log_id, [NewEvent(Kind.SUBMITTED, _files(session, attempt))], now)
    _seal(session, attempt, now)
    _tell_and_grade(session, attempt, now)
    return attempt


def end_by_clock(session: Session, attempt: Attempt, now: dt.datetime) -> Attempt:
    """The hard end passed: freeze what is stored and grade it. The log stays open for late arrivals until the grace ends."""
    clock = clock_of(session, attempt)
    _freeze(session, attempt, now, seal_at(clock))
    attempt.state, attempt.finished_at = AttemptState.ENDED, hard_end(clock)
    payload = {**_files(session, attempt), "reason": ended_why(clock)}
    append_events(session, attempt.log_id, [NewEvent(Kind.ENDED_BY_CLOCK, payload)], now)
    if now >= seal_at(clock):
        _seal(session, attempt, now)
    else:
        begin_late(session, attempt.log_id, now)
    _tell_and_grade(session, attempt, now)
    return attempt


def close_due(session: Session, now: dt.datetime) -> int:
    """End the attempts whose time is up and seal the logs whose grace is over. Returns how many changed."""
    query = select(Attempt).where(Attempt.sealed_at.is_(None)).order_by(Attempt.id)
    changed = 0
    fresh = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    for attempt in session.scalars(fresh):
        changed += close_attempt(session, attempt, now)
        if changed >= BATCH:
            break
    return changed


def close_attempt(session: Session, attempt: Attempt, now: dt.datetime) -> bool:
    """End one attempt whose time is up, or seal its log after the grace; False when neither is due. Lock its row before."""
    clock = clock_of(session, attempt)
    if attempt.state == AttemptState.WORKING and now >= hard_end(clock):
        end_by_clock(session, attempt, now)
        return True
    if attempt.state == AttemptState.ENDED and attempt.sealed_at is None and now >= seal_at(clock):
        _seal(session, attempt, now)
        return True
    return False


def apply_outages(session: Session, now: dt.datetime) -> int:
    """Give open attempts back the time in which the server was away; each outage counts once for each attempt."""
    waiting = session.scalars(select(Outage).where(Outage.applied_at.is_(None)).with_for_update()).all()
    for outage in waiting:
        for attempt in session.scalars(
            select(Attempt).where(Attempt.state == AttemptState.WORKING).with_for_update()
        ):
            seconds = shared_seconds(outage.began_at, outage.ended_at, attempt.started_at, outage.ended_at)
            if seconds:
                adjust_time(session, attempt, seconds, N_("The server was away."), now, outage_id=outage.id)
        outage.applied_at = now
    return len(waiting)


def adjust_time(
    session: Session,
    attempt: Attempt,
    seconds: int,
    reason: str,
    now: dt.datetime,
    *,
    outage_id: int | None = None,
    made_by: int | None = None,
) -> None:
    """Append seconds to one attempt's clock, in the record too; the open page learns it at once."""
    session.add(
        TimeAdjustment(
            attempt_id=attempt.id,
            seconds=seconds,
            reason=reason,
            outage_id=outage_id,
            made_by=made_by,
            at=now,
        )
    )
    payload = {"seconds": seconds, "reason": "outage" if made_by is None else "staff"}
    append_events(session, attempt.log_id, [NewEvent(Kind.ADJUSTED, payload)], now)
    tell_attempt(session, attempt, now)


def _need_answers(session: Session, attempt: Attempt) -> None:
    required = [f for f in body_from_json(attempt.version.body).follow_ups if f.required]
    written = dict(
        session.execute(select(Answer.question, Answer.text).where(Answer.attempt_id == attempt.id)).all()
    )
    missing = [f for f in required if not written.get(f.key, "").strip()]
    if missing:
        text = N_("This question needs an answer before you hand in.")
        raise Invalid({f"answer-{f.key}": [FieldError(text)] for f in missing})


def _files(session: Session, attempt: Attempt) -> dict[str, str | int]:
    """How many files there are at the end, and one hash over the paths and contents of all of them."""
    trees = {str(task.position): task_hashes(session, task) for task in attempt.tasks}
    digest = hashlib.sha256(canonical(trees)).hexdigest()
    return {"files": sum(len(tree) for tree in trees.values()), "files_hash": digest}


def _freeze(session: Session, attempt: Attempt, now: dt.datetime, late_until_at: dt.datetime | None) -> None:
    for task in attempt.tasks:
        if task.workspace_id is not None:
            record_edits(session, task.workspace_id, attempt.log_id, now)
            freeze_workspace(session, task.workspace_id, now, late_until_at)


def _seal(session: Session, attempt: Attempt, now: dt.datetime) -> None:
    attempt.receipt_leaf = seal_log(session, attempt.log_id, now)
    attempt.sealed_at = now


def _tell_and_grade(session: Session, attempt: Attempt, now: dt.datetime) -> None:
    enqueue(session, Job.GRADE_ATTEMPT, attempt.id)
    tell_attempt(session, attempt, now)
    assessment = session.get_one(Assessment, attempt.assessment_id)
    hint(session, f"assessment:{assessment.uuid}", "attempt.changed", attempt=str(attempt.uuid))


def tell_attempt(session: Session, attempt: Attempt, now: dt.datetime) -> None:
    """Tell the open pages of an attempt to look again; the version is the moment of the change."""
    hint(session, f"attempt:{attempt.uuid}", "attempt.changed", version=milliseconds(now))
