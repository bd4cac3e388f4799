"""The list of assessments, each with how far its people are. Two queries a page, whatever its size."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from core.assessments.models import Assessment, AssessmentVersion, Attempt, AttemptState, Invitation
from core.base.paging import DEFAULT_SIZE, Page, page_of, paging_id, read_cursor
from core.grading.models import Grade, GradeState
from core.review.models import Choice, ReviewState


@dataclass(frozen=True)
class AssessmentLine:
    """One assessment. ``to_review`` counts graded rows without a decision; ``task_count`` its tasks."""

    uuid: uuid.UUID
    title: str
    display_code: str
    role_title: str
    limit_minutes: int
    task_count: int
    version: int
    code_open: bool
    created_at: dt.datetime
    archived_at: dt.datetime | None
    is_example: bool
    invited: int
    started: int
    working: int
    submitted: int
    graded: int
    to_review: int


def list_assessments(
    session: Session,
    organisation_id: int,
    *,
    archived: bool = False,
    after: str = "",
    size: int = DEFAULT_SIZE,
) -> Page[AssessmentLine]:
    """Newest first. Raises Invalid for a damaged cursor."""
    query = (
        select(Assessment, AssessmentVersion.body, AssessmentVersion.number)
        .outerjoin(AssessmentVersion, AssessmentVersion.id == Assessment.current_version_id)
        .where(
            Assessment.organisation_id == organisation_id,
            Assessment.archived_at.is_not(None) if archived else Assessment.archived_at.is_(None),
        )
        .order_by(Assessment.id.desc())
        .limit(size + 1)
    )
    if after:
        query = query.where(Assessment.id < read_cursor(after, paging_id)[0])
    page = page_of(session.execute(query).all(), size, lambda row: [row[0].id])
    counts = _counts(session, [row[0].id for row in page.rows])
    return Page([_line(row, counts) for row in page.rows], page.next_cursor)


def count_archived(session: Session, organisation_id: int) -> int:
    """How many assessments are archived."""
    query = select(func.count()).where(
        Assessment.organisation_id == organisation_id, Assessment.archived_at.is_not(None)
    )
    return session.scalar(query.select_from(Assessment)) or 0


def _line(row: Any, counts: dict[int, Row[Any]]) -> AssessmentLine:
    assessment, body, number = row[0], row[1], row[2]
    found = counts[assessment.id]
    return AssessmentLine(
        uuid=assessment.uuid,
        title=assessment.title,
        display_code=assessment.display_code,
        role_title=body["role_title"] if body else "",
        limit_minutes=body["time"]["limit_minutes"] if body else 0,
        task_count=len(body["tasks"]) if body else 0,
        version=number or 0,
        code_open=assessment.share_code is not None and assessment.share_code_closed_at is None,
        created_at=assessment.created_at,
        archived_at=assessment.archived_at,
        is_example=assessment.is_example,
        invited=found.invited,
        started=found.started,
        working=found.working,
        submitted=found.started - found.working,
        graded=found.graded,
        to_review=found.to_review,
    )


def _counts(session: Session, assessment_ids: list[int]) -> dict[int, Row[Any]]:
    """People by assessment: invitations in one grouped part, attempts with grade and decision in another."""
    invited = (
        select(Invitation.assessment_id, func.count().label("invited"))
        .where(Invitation.assessment_id.in_(assessment_ids), Invitation.revoked_at.is_(None))
        .group_by(Invitation.assessment_id)
        .subquery()
    )
    graded = and_(Grade.state == GradeState.DONE, Attempt.state != AttemptState.WORKING)
    undecided = func.coalesce(ReviewState.choice, Choice.NEW.value) == Choice.NEW.value
    attempts = (
        select(
            Attempt.assessment_id,
            func.count().label("started"),
            func.count().filter(Attempt.state == AttemptState.WORKING).label("working"),
            func.count().filter(graded).label("graded"),
            func.count().filter(graded, undecided).label("to_review"),
        )
        .outerjoin(Grade, Grade.attempt_id == Attempt.id)
        .outerjoin(ReviewState, ReviewState.attempt_id == Attempt.id)
        .where(Attempt.assessment_id.in_(assessment_ids))
        .group_by(Attempt.assessment_id)
        .subquery()
    )
    query = (
        select(
            Assessment.id,
            *(
                func.coalesce(column, 0).label(column.name)
                for column in (
                    invited.c.invited, attempts.c.started, attempts.c.working, attempts.c.graded, attempts.c.to_review
                )
            ),
        )
        .outerjoin(invited, invited.c.assessment_id == Assessment.id)
        .outerjoin(attempts, attempts.c.assessment_id == Assessment.id)
        .where(Assessment.id.in_(assessment_ids))
    )  # fmt: skip
    return {row.id: row for row in session.execute(query)}
