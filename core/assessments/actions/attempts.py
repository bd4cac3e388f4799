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
from core.assessments.queries.attempts import clock_of, due_attempts, owed_seconds, task_hashes
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import Phase, ended_why, hard_end, phase, seal_at
from core.base.clock import milliseconds
from core.base.errors import N_, FieldError, Gone, Invalid
from core.base.heartbeats import Outage, is_away, unpaid_outages
from core.base.log import get_log
from core.base.queue import Job, enqueue
from core.base.realtime import hint
from core.ledger.actions import append_events, begin_late, seal_log
from core.ledger.rules import NewEvent
from core.workspaces.actions import freeze_workspace
from core.workspaces.recording import record_edits
from core.workspaces.store import lock_workspace
from evidence.canonical import canonical
from evidence.kinds import Kind

log = get_log(__name__)
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
    """The candidate's attempt as it stands: every read ends it when its time is up, whatever the timetable does.

    Only the first seconds after an outage end nothing: how much time it took from people is not yet noted.
    """
    attempt = access_own_attempt(session, candidate)
    if attempt.state != AttemptState.WORKING or now < hard_end(clock_of(session, attempt)):
        return attempt
    if is_away(session, now):
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
    _pay_outages(session, attempt, now)
    attempt.state, attempt.finished_at = AttemptState.SUBMITTED, now
    append_events(session, attempt.log_id, [NewEvent(Kind.SUBMITTED, _files(session, attempt))], now)
    _seal(session, attempt, now)
    _tell_and_grade(session, attempt, now)
    return attempt


def end_by_clock(session: Session, attempt: Attempt, now: dt.datetime) -> Attempt:
    """The hard end passed: freeze what is stored and grade it. The log stays open for late arrivals until the grace ends."""
    clock = clock_of(session, attempt)
    _freeze(session, attempt, now, seal_at(clock))
    _pay_outages(session, attempt, now)
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
    """End the attempts whose time is up and seal the logs whose grace is over. Returns how many changed.

    Only those rows are locked, one by one. While the web is away nothing ends: people get that time back first.
    """
    if is_away(session, now):
        return 0
    changed = 0
    for attempt_id in due_attempts(session, now, BATCH):
        try:
            with session.begin_nested():
                changed += _close(session, attempt_id, now)
        except Exception:  # one attempt's fault must not keep all others open
            log.exception("attempt.not_closed", attempt=attempt_id)
    return changed


def _close(session: Session, attempt_id: int, now: dt.datetime) -> bool:
    query = select(Attempt).where(Attempt.id == attempt_id, Attempt.sealed_at.is_(None))
    fresh = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    attempt = session.scalar(fresh)
    return attempt is not None and close_attempt(session, attempt, now)


def close_attempt(session: Session, attempt: Attempt, now: dt.datetime) -> bool:
    """End one attempt whose time is up, or seal its log after the grace; False when neither is due. Lock its row before."""
    clock = clock_of(session, attempt)
    if attempt.state == AttemptState.WORKING and now >= hard_end(clock):
        end_by_clock(session, attempt, now)
        return True
    if attempt.state == AttemptState.ENDED and attempt.sealed_at is None and now >= seal_at(clock):
        _record_late_edits(session, attempt, now)
        _seal(session, attempt, now)
        return True
    return False


def apply_outages(session: Session, now: dt.datetime) -> int:
    """Give open attempts back the time in which the server was away; each outage counts once for each attempt."""
    # Not the whole lock: rows that point at the outage may be written meanwhile by whoever hands in.
    noted = select(Outage).where(Outage.applied_at.is_(None)).with_for_update(key_share=True)
    waiting = session.scalars(noted.order_by(Outage.id)).all()
    working = select(Attempt).where(Attempt.state == AttemptState.WORKING).order_by(Attempt.id)
    fresh = working.with_for_update().execution_options(populate_existing=True)
    for outage in waiting:
        for attempt in session.scalars(fresh):
            _pay(session, attempt, outage, now)
        outage.applied_at = now
    return len(waiting)


def _pay_outages(session: Session, attempt: Attempt, now: dt.datetime) -> None:
    """What is still owed when the work ends: afterwards ``apply_outages`` passes it by."""
    for outage in unpaid_outages(session):
        _pay(session, attempt, outage, now)


def _pay(session: Session, attempt: Attempt, outage: Outage, now: dt.datetime) -> None:
    seconds = owed_seconds(attempt, outage)
    if seconds:
        adjust_time(session, attempt, seconds, N_("The server was away."), now, outage_id=outage.id)


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
    # All workspaces are locked before the log is: an editor's page locks its workspace first, then the log.
    for workspace_id in _workspaces(attempt):
        freeze_workspace(session, workspace_id, now, late_until_at)
    for workspace_id in _workspaces(attempt):
        record_edits(session, workspace_id, attempt.log_id, now)


def _record_late_edits(session: Session, attempt: Attempt, now: dt.datetime) -> None:
    """Edits that came in the last seconds of the grace, before the seal shuts them out of the record."""
    for workspace_id in _workspaces(attempt):
        lock_workspace(session, workspace_id)
    for workspace_id in _workspaces(attempt):
        record_edits(session, workspace_id, attempt.log_id, now)


def _workspaces(attempt: Attempt) -> list[int]:
    return [task.workspace_id for task in attempt.tasks if task.workspace_id is not None]


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
