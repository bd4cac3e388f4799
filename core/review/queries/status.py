"""The status board: everybody who was invited or came by the code, and how far they are.

One line a person: an invitation with the attempt it led to, or an attempt that came by the shared code. The status is
decided in the database, so that filters, counts and pages agree; their number of queries is fixed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, Subquery, case, func, literal, null, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from core.assessments.models import AssessmentVersion, Attempt, AttemptState, Invitation, TimeAdjustment
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import Clock, deadline, hard_end
from core.base.paging import DEFAULT_SIZE, Page, page_of, paging_id, read_cursor
from core.grading.models import Grade, GradeState


class Standing(StrEnum):
    """How far a person is. ``submitted`` and ``ended`` wait for their grade; ``failed`` needs somebody to look."""

    INVITED = "invited"
    OPENED = "opened"
    REVOKED = "revoked"
    WORKING = "working"
    SUBMITTED = "submitted"
    ENDED = "ended"
    FAILED = "failed"
    GRADED = "graded"


@dataclass(frozen=True)
class StatusLine:
    """One person. Times are None until they happened; ``due_at`` and ``ends_at`` only while working."""

    name: str
    email: str
    standing: Standing
    by_code: bool
    invitation_uuid: uuid.UUID | None
    attempt_uuid: uuid.UUID | None
    verified: bool | None
    multiplier: Decimal
    invited_at: dt.datetime | None
    opened_at: dt.datetime | None
    started_at: dt.datetime | None
    due_at: dt.datetime | None
    ends_at: dt.datetime | None
    finished_at: dt.datetime | None
    ended_by_clock: bool
    final: Decimal | None


def status_board(
    session: Session,
    assessment_id: int,
    *,
    standing: Standing | None = None,
    search: str = "",
    after: str = "",
    size: int = DEFAULT_SIZE,
) -> Page[StatusLine]:
    """Newest first. Three queries. Raises Invalid for a damaged cursor."""
    people = _people(assessment_id)
    query = select(people).order_by(people.c.at.desc(), people.c.by_code.desc(), people.c.key.desc())
    if standing:
        query = query.where(people.c.standing == standing.value)
    if search:
        pattern = "%" + search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(or_(people.c.name.ilike(pattern), people.c.email.ilike(pattern)))
    if after:
        last = [literal(value) for value in read_cursor(after, _moment, paging_id, paging_id)]
        query = query.where(tuple_(people.c.at, people.c.by_code, people.c.key) < tuple_(*last))
    found = session.execute(query.limit(size + 1)).all()
    page = page_of(found, size, lambda row: (row.at.isoformat(), row.by_code, row.key))
    clocks = _clocks(session, [row for row in page.rows if row.standing == Standing.WORKING])
    return Page([_line(row, clocks.get(row.attempt_id)) for row in page.rows], page.next_cursor)


def _moment(value: Any) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def count_standings(session: Session, assessment_id: int) -> dict[Standing, int]:
    """People by standing, zero filled, in one query."""
    people = _people(assessment_id)
    query = select(people.c.standing, func.count()).group_by(people.c.standing)
    found: dict[str, int] = {row[0]: row[1] for row in session.execute(query)}
    return {standing: found.get(standing.value, 0) for standing in Standing}


def _people(assessment_id: int) -> Subquery:
    invited = _invited().where(Invitation.assessment_id == assessment_id)
    by_code = _by_code().where(Attempt.assessment_id == assessment_id, Attempt.invitation_id.is_(None))
    return union_all(invited, by_code).subquery("people")


def _attempt_columns() -> list[Any]:
    return [
        Attempt.id.label("attempt_id"), Attempt.uuid.label("attempt_uuid"), Attempt.version_id, Attempt.verified,
        Attempt.started_at, Attempt.finished_at, Attempt.state, Grade.final,
    ]  # fmt: skip


def _attempt_standing() -> tuple[Any, ...]:
    return (
        (Attempt.state == AttemptState.WORKING, Standing.WORKING.value),
        (Grade.state == GradeState.DONE, Standing.GRADED.value),
        (Grade.state == GradeState.FAILED, Standing.FAILED.value),
        (Attempt.state == AttemptState.SUBMITTED, Standing.SUBMITTED.value),
        (Attempt.state == AttemptState.ENDED, Standing.ENDED.value),
    )


def _invited() -> Select[Any]:
    standing = case(
        *_attempt_standing(),
        (Invitation.revoked_at.is_not(None), Standing.REVOKED.value),
        (Invitation.opened_at.is_not(None), Standing.OPENED.value),
        else_=Standing.INVITED.value,
    )
    return (
        select(
            literal(0).label("by_code"), Invitation.id.label("key"), Invitation.created_at.label("at"),
            func.coalesce(Attempt.candidate_name, Invitation.name).label("name"), Invitation.email.label("email"),
            standing.label("standing"), Invitation.uuid.label("invitation_uuid"),
            func.coalesce(Attempt.multiplier, Invitation.multiplier).label("multiplier"),
            Invitation.created_at.label("invited_at"),
            Invitation.opened_at.label("opened_at"), *_attempt_columns(),
        )
        .outerjoin(Attempt, Attempt.invitation_id == Invitation.id)
        .outerjoin(Grade, Grade.attempt_id == Attempt.id)
    )  # fmt: skip


def _by_code() -> Select[Any]:
    standing = case(*_attempt_standing())
    return select(
        literal(1).label("by_code"), Attempt.id.label("key"), Attempt.started_at.label("at"),
        Attempt.candidate_name.label("name"), func.coalesce(Attempt.candidate_email, "").label("email"),
        standing.label("standing"), null().label("invitation_uuid"), Attempt.multiplier.label("multiplier"),
        null().label("invited_at"), null().label("opened_at"), *_attempt_columns(),
    ).outerjoin(Grade, Grade.attempt_id == Attempt.id)  # fmt: skip


def _clocks(session: Session, working: list[Row[Any]]) -> dict[int, Clock]:
    """The clock of each working attempt: its version's body and its adjustments, in two queries."""
    if not working:
        return {}
    versions = select(AssessmentVersion.id, AssessmentVersion.body).where(
        AssessmentVersion.id.in_({row.version_id for row in working})
    )
    bodies = {key: body_from_json(body) for key, body in session.execute(versions)}
    sums = (
        select(TimeAdjustment.attempt_id, func.sum(TimeAdjustment.seconds))
        .where(TimeAdjustment.attempt_id.in_([row.attempt_id for row in working]))
        .group_by(TimeAdjustment.attempt_id)
    )
    adjusted: dict[int, int] = {key: int(seconds) for key, seconds in session.execute(sums)}
    return {
        row.attempt_id: Clock(
            started_at=row.started_at,
            limit_seconds=bodies[row.version_id].time.limit_seconds,
            policy=bodies[row.version_id].time.policy,
            multiplier=row.multiplier,
            adjusted_seconds=adjusted.get(row.attempt_id, 0),
            closes_at=bodies[row.version_id].window.closes_at,
        )
        for row in working
    }


def _line(row: Row[Any], clock: Clock | None) -> StatusLine:
    return StatusLine(
        name=row.name,
        email=row.email,
        standing=Standing(row.standing),
        by_code=bool(row.by_code),
        invitation_uuid=row.invitation_uuid,
        attempt_uuid=row.attempt_uuid,
        verified=row.verified,
        multiplier=row.multiplier,
        invited_at=row.invited_at,
        opened_at=row.opened_at,
        started_at=row.started_at,
        due_at=deadline(clock) if clock else None,
        ends_at=hard_end(clock) if clock else None,
        finished_at=row.finished_at,
        ended_by_clock=row.state == AttemptState.ENDED,
        final=row.final,
    )
