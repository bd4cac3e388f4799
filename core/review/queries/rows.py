"""The ranked table: one page of rows and the counts of its tabs, in a fixed number of queries at any size.

The rank is a submission's place by final score among all submissions of the assessment, whatever is filtered; ties
share a place. Rows without a score come last.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptState
from core.base.paging import Page, page_of, paging_id, read_cursor
from core.grading.models import Grade, GradeState
from core.review.models import Choice, Opening, ReviewState
from core.review.rules.table import Ask, Sort, Status

LOWEST = Decimal(-1)


@dataclass(frozen=True)
class Row:
    """One submission in the table. Scores are None until graded; ``opened`` is about the reading person."""

    attempt_id: int
    uuid: uuid.UUID
    name: str
    email: str | None
    verified: bool
    rank: int | None
    final: Decimal | None
    raw: Decimal | None
    deduction: Decimal | None
    tests_passed: int | None
    tests_total: int | None
    worked_seconds: int | None
    over_seconds: int
    finished_at: dt.datetime
    state: str
    grade_state: str
    choice: str
    opened: bool


def _choice() -> ColumnElement[str]:
    return func.coalesce(ReviewState.choice, Choice.NEW.value)


_SORTS: dict[Sort, Any] = {
    Sort.FINAL: func.coalesce(Grade.final, LOWEST),
    Sort.NAME: func.lower(Attempt.candidate_name),
    Sort.TESTS: func.coalesce(Grade.tests_passed, -1),
    Sort.TIME: func.coalesce(Grade.worked_seconds, -1),
    Sort.SUBMITTED: Attempt.finished_at,
    Sort.DECISION: case(
        {Choice.ADVANCE.value: 3, Choice.MAYBE.value: 2, Choice.NEW.value: 1}, value=_choice(), else_=0
    ),
}

_READERS: dict[Sort, Callable[[Any], Any]] = {
    Sort.FINAL: Decimal,
    Sort.SUBMITTED: dt.datetime.fromisoformat,
    Sort.NAME: str,
}


def list_rows(session: Session, assessment_id: int, person_id: int, ask: Ask) -> Page[Row]:
    """One page. Raises Invalid for a damaged cursor."""
    key = _SORTS[ask.sort]
    query = _rows(assessment_id, person_id, ask).add_columns(key.label("sort_key"))
    if ask.after:
        query = query.where(_behind(key, ask))
    order = (key.desc(), Attempt.id.desc()) if ask.descending else (key.asc(), Attempt.id.asc())
    found = session.execute(query.order_by(*order).limit(ask.size + 1)).all()
    page = page_of(found, ask.size, lambda row: (_cursor_value(row.sort_key), row.id))
    return Page([_row(row) for row in page.rows], page.next_cursor)


def every_row(session: Session, assessment_id: int, person_id: int, ask: Ask) -> Iterator[Row]:
    """All rows of the filter, best first, streamed in parts (for the CSV)."""
    key = _SORTS[ask.sort]
    order = (key.desc(), Attempt.id.desc()) if ask.descending else (key.asc(), Attempt.id.asc())
    query = _rows(assessment_id, person_id, ask).order_by(*order).execution_options(yield_per=500)
    for row in session.execute(query):
        yield _row(row)


def count_by_choice(session: Session, assessment_id: int) -> dict[str, int]:
    """Submissions by decision, zero filled, for the tabs."""
    choice = _choice().label("choice")
    query = (
        select(choice, func.count())
        .select_from(Attempt)
        .outerjoin(ReviewState, ReviewState.attempt_id == Attempt.id)
        .where(Attempt.assessment_id == assessment_id, Attempt.state != AttemptState.WORKING)
        .group_by(choice)
    )
    found = dict(session.execute(query).all())
    return {choice.value: found.get(choice.value, 0) for choice in Choice}


def finals_of(session: Session, assessment_id: int) -> list[Decimal]:
    """All final scores of the assessment, for the distribution beside one of them."""
    query = select(Grade.final).where(Grade.assessment_id == assessment_id, Grade.final.is_not(None))
    return [final for final in session.scalars(query) if final is not None]


def _rows(assessment_id: int, person_id: int, ask: Ask) -> Select[Any]:
    places = (
        select(Grade.attempt_id, func.rank().over(order_by=Grade.final.desc()).label("rank"))
        .where(Grade.assessment_id == assessment_id, Grade.final.is_not(None))
        .subquery()
    )
    return (
        select(
            Attempt.id, Attempt.uuid, Attempt.candidate_name, Attempt.candidate_email, Attempt.verified,
            Attempt.finished_at, Attempt.state, places.c.rank, Grade.final, Grade.raw, Grade.deduction,
            Grade.tests_passed, Grade.tests_total, Grade.worked_seconds, Grade.over_seconds,
            func.coalesce(Grade.state, GradeState.WAITING.value).label("grade_state"),
            _choice().label("choice"), Opening.id.is_not(None).label("opened"),
        )
        .outerjoin(Grade, Grade.attempt_id == Attempt.id)
        .outerjoin(places, places.c.attempt_id == Attempt.id)
        .outerjoin(ReviewState, ReviewState.attempt_id == Attempt.id)
        .outerjoin(Opening, and_(Opening.attempt_id == Attempt.id, Opening.person_id == person_id))
        .where(Attempt.assessment_id == assessment_id, Attempt.state != AttemptState.WORKING, *_filters(ask))
    )  # fmt: skip


def _filters(ask: Ask) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if ask.decision:
        wanted.append(_choice() == ask.decision)
    if ask.search:
        pattern = "%" + ask.search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        wanted.append(or_(Attempt.candidate_name.ilike(pattern), Attempt.candidate_email.ilike(pattern)))
    if ask.status:
        wanted.append(_in_status(Status(ask.status)))
    if ask.least is not None:
        wanted.append(Grade.final >= ask.least)
    if ask.most is not None:
        wanted.append(Grade.final <= ask.most)
    if ask.over_time:
        wanted.append(Grade.over_seconds > 0)
    if ask.ended:
        wanted.append(Attempt.state == AttemptState.ENDED)
    return wanted


def _in_status(status: Status) -> ColumnElement[bool]:
    state = func.coalesce(Grade.state, GradeState.WAITING.value)
    if status is Status.GRADED:
        return state == GradeState.DONE
    if status is Status.FAILED:
        return state == GradeState.FAILED
    return state.in_([GradeState.WAITING, GradeState.RUNNING])


def _behind(key: Any, ask: Ask) -> ColumnElement[bool]:
    value, last_id = read_cursor(ask.after, _READERS.get(ask.sort, int), paging_id)
    last = tuple_(literal(value, key.type), literal(last_id))
    place = tuple_(key, Attempt.id)
    return place < last if ask.descending else place > last


def _cursor_value(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, dt.datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
    )


def _row(row: Any) -> Row:
    return Row(
        attempt_id=row.id, uuid=row.uuid, name=row.candidate_name, email=row.candidate_email, verified=row.verified,
        rank=row.rank, final=row.final, raw=row.raw, deduction=row.deduction, tests_passed=row.tests_passed,
        tests_total=row.tests_total, worked_seconds=row.worked_seconds, over_seconds=row.over_seconds or 0,
        finished_at=row.finished_at, state=row.state, grade_state=row.grade_state, choice=row.choice, opened=row.opened,
    )  # fmt: skip
