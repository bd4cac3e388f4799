"""Reads about one submission: its decision and the history of it, notes, answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Person
from core.assessments.models import Answer
from core.review.models import Choice, Decision, ReviewNote, ReviewState


@dataclass(frozen=True)
class Signed:
    """A decision or note with the name of whom it is by."""

    row: Decision | ReviewNote
    by: str


def choice_of(session: Session, attempt_id: int) -> str:
    """The decision that holds; "new" without one."""
    query = select(ReviewState.choice).where(ReviewState.attempt_id == attempt_id)
    return session.scalar(query) or Choice.NEW.value


def decisions_of(session: Session, attempt_id: int) -> list[Signed]:
    """The whole history, newest first."""
    query = (
        select(Decision, Person.name)
        .join(Person, Person.id == Decision.person_id)
        .where(Decision.attempt_id == attempt_id)
        .order_by(Decision.id.desc())
    )
    return [Signed(decision, name) for decision, name in session.execute(query)]


def notes_of(session: Session, attempt_id: int) -> list[Signed]:
    """All notes, oldest first."""
    query = (
        select(ReviewNote, Person.name)
        .join(Person, Person.id == ReviewNote.person_id)
        .where(ReviewNote.attempt_id == attempt_id)
        .order_by(ReviewNote.id)
    )
    return [Signed(note, name) for note, name in session.execute(query)]


def answers_of(session: Session, attempt_id: int) -> Sequence[Answer]:
    """What the candidate wrote beside the work."""
    return session.scalars(select(Answer).where(Answer.attempt_id == attempt_id).order_by(Answer.id)).all()
