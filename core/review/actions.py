"""What reviewers do: open, decide, undo, note. Nobody is rejected by somebody who has not opened their work."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Role
from core.assessments.models import Assessment, Attempt, AttemptState
from core.audit.actions import record_audit
from core.base.errors import N_, Conflict, Gone, Invalid, NotFound
from core.base.ids import uuid7
from core.base.realtime import hint
from core.review.models import Choice, Decision, Opening, ReviewNote, ReviewState
from core.review.rules.deciding import MAX_BULK, MAX_REASON, Skip, Standing, may_undo, needs_reason, split

MAX_NOTE = 4000


@dataclass(frozen=True)
class Deed:
    """What a decision did: its id (for undo), how many changed, and who was left alone and why."""

    id: uuid.UUID
    choice: str
    changed: int
    skipped: Sequence[tuple[str, Skip]]


def record_opening(session: Session, actor: Actor, attempt: Attempt, now: dt.datetime) -> None:
    """The server is showing this person this submission."""
    row = {"attempt_id": attempt.id, "person_id": actor.person_id, "first_at": now, "last_at": now}
    statement = insert(Opening).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["attempt_id", "person_id"], set_={"last_at": now})
    )


def decide(
    session: Session,
    actor: Actor,
    attempt_uuids: Sequence[uuid.UUID],
    choice: Choice,
    reason: str,
    now: dt.datetime,
) -> Deed:
    """Decide upon one or many. Raises Invalid (reason, selection), NotFound when one is not the organisation's."""
    actor.need(Role.RECRUITER)
    attempts = _locked(session, actor, attempt_uuids)
    reason = reason.strip().replace("\x00", "")
    if choice is Choice.NEW:
        raise Invalid.one("choice", N_("Choose Advance, Maybe or Reject."))
    if needs_reason(choice, len(attempts)) and not reason:
        raise Invalid.one("reason", N_("Say why in a sentence. It stays with the decision."))
    if len(reason) > MAX_REASON:
        raise Invalid.one("reason", N_("A reason may have at most %(limit)s characters."), limit=MAX_REASON)
    by_id = {attempt.id: attempt for attempt in attempts}
    taken, left = split(_standings(session, actor, list(by_id)), choice)
    deed = uuid7()
    for standing in taken:
        _write(session, actor, by_id[standing.attempt_id], standing.choice, choice, reason, deed, now)
    return Deed(deed, choice, len(taken), [(by_id[s.attempt_id].candidate_name, why) for s, why in left])


def undo(session: Session, actor: Actor, deed: uuid.UUID, now: dt.datetime) -> int:
    """Take a deed back within its few seconds. Raises Gone when too late, Conflict when somebody decided since."""
    actor.need(Role.RECRUITER)
    query = (
        select(Decision, Attempt)
        .join(Attempt, Attempt.id == Decision.attempt_id)
        .where(
            Decision.deed == deed, Decision.undoes.is_(None), Attempt.organisation_id == actor.organisation_id
        )
        .order_by(Attempt.id)
        .with_for_update(of=Attempt)
    )
    found = session.execute(query).all()
    if not found:
        raise NotFound
    if not all(may_undo(decision.at, decision.person_id, actor.person_id, now) for decision, _ in found):
        raise Gone(N_("Undo works for ten seconds. Decide again to change it; the history keeps both."))
    for decision, attempt in found:
        holding = select(ReviewState.decision_id).where(ReviewState.attempt_id == attempt.id)
        if session.scalar(holding) != decision.id:
            raise Conflict(N_("Somebody decided again meanwhile. Look at the current decision first."))
        _write(
            session, actor, attempt, decision.choice, Choice(decision.previous), "", uuid7(), now, decision.id
        )
    return len(found)


def add_note(session: Session, actor: Actor, attempt: Attempt, text: str, now: dt.datetime) -> ReviewNote:
    """Keep a reviewer's note. Raises Invalid for an empty or overlong one."""
    text = text.strip().replace("\x00", "")
    if not text:
        raise Invalid.one("text", N_("Write something first."))
    if len(text) > MAX_NOTE:
        raise Invalid.one("text", N_("A note may have at most %(limit)s characters."), limit=MAX_NOTE)
    note = ReviewNote(attempt_id=attempt.id, person_id=actor.person_id, text=text, at=now)
    session.add(note)
    _audit(session, actor, "submission.noted", attempt, {})
    return note


def _locked(session: Session, actor: Actor, attempt_uuids: Sequence[uuid.UUID]) -> list[Attempt]:
    wanted = set(attempt_uuids)
    if not wanted or len(wanted) > MAX_BULK:
        raise Invalid.one("selection", N_("Select between 1 and %(limit)s submissions."), limit=MAX_BULK)
    query = select(Attempt).where(
        Attempt.uuid.in_(wanted),
        Attempt.organisation_id == actor.organisation_id,
        Attempt.state != AttemptState.WORKING,
    )
    attempts = list(session.scalars(query.order_by(Attempt.id).with_for_update()))
    if len(attempts) != len(wanted):
        raise NotFound
    return attempts


def _standings(session: Session, actor: Actor, attempt_ids: list[int]) -> list[Standing]:
    choices = dict(
        session.execute(
            select(ReviewState.attempt_id, ReviewState.choice).where(ReviewState.attempt_id.in_(attempt_ids))
        ).all()
    )
    opened = set(
        session.scalars(
            select(Opening.attempt_id).where(
                Opening.attempt_id.in_(attempt_ids), Opening.person_id == actor.person_id
            )
        )
    )
    return [Standing(key, choices.get(key, Choice.NEW.value), key in opened) for key in attempt_ids]


def _write(
    session: Session,
    actor: Actor,
    attempt: Attempt,
    previous: str,
    choice: Choice,
    reason: str,
    deed: uuid.UUID,
    now: dt.datetime,
    undoes: int | None = None,
) -> None:
    decision = Decision(
        attempt_id=attempt.id, deed=deed, choice=choice, previous=previous, reason=reason,
        person_id=actor.person_id, at=now, undoes=undoes,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    row = {"attempt_id": attempt.id, "choice": choice.value, "decision_id": decision.id, "changed_at": now}
    statement = insert(ReviewState).values(row)
    session.execute(statement.on_conflict_do_update(index_elements=["attempt_id"], set_=row))
    kind = "submission.decision_undone" if undoes else "submission.decided"
    _audit(session, actor, kind, attempt, {"choice": choice.value, "previous": previous})
    assessment = session.get_one(Assessment, attempt.assessment_id)
    hint(session, f"assessment:{assessment.uuid}", "submission.changed", attempt=str(attempt.uuid))


def _audit(session: Session, actor: Actor, kind: str, attempt: Attempt, details: dict[str, object]) -> None:
    record_audit(
        session, kind, organisation_id=actor.organisation_id, actor_id=actor.person_id, actor_name=actor.name,
        subject_kind="attempt", subject_uuid=attempt.uuid, subject_name=attempt.candidate_name, details=dict(details),
        address=actor.origin.address, request_id=actor.origin.request_id,
    )  # fmt: skip
