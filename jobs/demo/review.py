"""What the two people of the example think of the graded rows: openings, notes, decisions, said from the grades themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.models import Assessment, Attempt
from core.grading.models import Grade, GradeState
from core.review.actions import add_note, decide, record_opening
from core.review.models import Choice, Decision
from jobs.demo.stage import House

EACH_WAY = 7  # of so many rows one is advanced, one rejected, and one stays open; the others are left as new
Row = tuple[Attempt, Grade]


def review(session: Session, house: House, assessment: Assessment, now: dt.datetime) -> int:
    """Decide upon a few rows of an assessment, once; returns how many. The rest is left as new."""
    rows = graded_rows(session, assessment)
    if not rows or _was_reviewed(session, assessment):
        return 0
    size = max(1, len(rows) // EACH_WAY)
    top, middle, bottom = rows[:size], rows[size : 2 * size], rows[2 * size :][-size:]
    for attempt, grade in top:
        _decide(
            session, house, attempt, Choice.ADVANCE, f"{_tests(grade)}. {_next(grade)}", now
        )
        add_note(session, house.colleague, attempt, _remark(attempt, grade), now)
    for attempt, grade in middle:
        _decide(session, house, attempt, Choice.MAYBE, f"{_tests(grade)}. {_next(grade)}", now)
    for attempt, grade in bottom:
        _decide(
            session,
            house,
            attempt,
            Choice.REJECT,
            f"{_tests(grade)}. {_next(grade)}",
            now,
        )
    return len(top) + len(middle) + len(bottom)


def graded_rows(session: Session, assessment: Assessment) -> list[Row]:
    """Graded attempts, best first."""
    query = (
        select(Attempt, Grade)
        .join(Grade, Grade.attempt_id == Attempt.id)
        .where(Attempt.assessment_id == assessment.id, Grade.state == GradeState.DONE)
        .order_by(Grade.final.desc(), Attempt.id)
    )
    return [(attempt, grade) for attempt, grade in session.execute(query)]


def _was_reviewed(session: Session, assessment: Assessment) -> bool:
    query = select(Decision.id).join(Attempt, Attempt.id == Decision.attempt_id)
    return session.scalar(query.where(Attempt.assessment_id == assessment.id).limit(1)) is not None


def _decide(
    session: Session, house: House, attempt: Attempt, choice: Choice, reason: str, now: dt.datetime
) -> None:
    record_opening(session, house.recruiter, attempt, now)
    decide(session, house.recruiter, [attempt.uuid], choice, reason, now)


def _tests(grade: Grade) -> str:
    return f"{grade.tests_passed} of {grade.tests_total} tests"


def _next(grade: Grade) -> str:
    """What to talk about: the weakest group of tests, or the answers when nothing is open."""
    if grade.tests_passed == grade.tests_total:
        return "Nothing is open in the code; talk about the answers."
    return f"Most is open in “{_weakest(grade)}”."


def _weakest(grade: Grade) -> str:
    """The title of the group that earned the smallest share of its points."""
    groups = [group for task in grade.detail["tasks"] for group in task["groups"]]
    return str(
        min(
            groups,
            key=lambda group: Decimal(group["earned"]) / max(Decimal(group["points"]), Decimal("0.01")),
        )["title"]
    )


def _remark(attempt: Attempt, grade: Grade) -> str:
    minutes = f"{grade.worked_seconds // 60} minutes of work"
    over = f", {grade.over_seconds // 60} of them over time (taken off already)" if grade.over_seconds else ""
    return f"{minutes}{over}. Read the diff before the interview and ask about one decision in it."
