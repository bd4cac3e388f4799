"""Reads about attempts that both doors and the jobs need."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.assessments.models import Attempt, TimeAdjustment
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import Clock


def adjusted_seconds(session: Session, attempt_id: int) -> int:
    """The sum of an attempt's adjustments."""
    total = select(func.coalesce(func.sum(TimeAdjustment.seconds), 0)).where(
        TimeAdjustment.attempt_id == attempt_id
    )
    return int(session.scalar(total) or 0)


def clock_of(session: Session, attempt: Attempt) -> Clock:
    """Everything that decides an attempt's times, as one value."""
    body = body_from_json(attempt.version.body)
    return Clock(
        started_at=attempt.started_at,
        limit_seconds=body.time.limit_seconds,
        policy=body.time.policy,
        multiplier=attempt.multiplier,
        adjusted_seconds=adjusted_seconds(session, attempt.id),
        closes_at=body.window.closes_at,
    )
