"""Reads about attempts that both doors and the jobs need."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from core.assessments.models import (
    Answer,
    AssessmentVersion,
    Attempt,
    AttemptState,
    AttemptTask,
    TimeAdjustment,
)
from core.assessments.rules.body import Body, body_from_json
from core.assessments.rules.clock import Clock, hard_end, seal_at, shared_seconds
from core.base.heartbeats import Outage, unpaid_outages
from core.workspaces.queries import files_of


def adjusted_seconds(session: Session, attempt_id: int) -> int:
    """The sum of an attempt's adjustments."""
    total = select(func.coalesce(func.sum(TimeAdjustment.seconds), 0)).where(
        TimeAdjustment.attempt_id == attempt_id
    )
    return int(session.scalar(total) or 0)


def owed_seconds(attempt: Attempt, outage: Outage) -> int:
    """The seconds of an outage in which somebody at work was kept from it."""
    return shared_seconds(outage.began_at, outage.ended_at, attempt.started_at, outage.ended_at)


def clock_of(session: Session, attempt: Attempt) -> Clock:
    """Everything that decides an attempt's times, as one value; an outage counts from the moment it is noted."""
    # Outages first: one that is paid out between the two reads counts twice for a moment, never not at all.
    working = attempt.state == AttemptState.WORKING
    owed = sum(owed_seconds(attempt, outage) for outage in unpaid_outages(session)) if working else 0
    adjusted = adjusted_seconds(session, attempt.id) + owed
    return _clock(body_from_json(attempt.version.body), attempt, adjusted)


def due_attempts(session: Session, now: dt.datetime, limit: int) -> list[int]:
    """Ids of attempts to end or to seal now, oldest first; two queries however many people are at work.

    Nothing is locked, and outages not yet paid out are left out: whoever acts locks the row and looks again.
    """
    adjusted = (
        select(func.coalesce(func.sum(TimeAdjustment.seconds), 0))
        .where(TimeAdjustment.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
        .label("adjusted")
    )
    columns = (Attempt.id, Attempt.state, Attempt.version_id, Attempt.started_at, Attempt.multiplier, adjusted)
    unsealed = session.execute(select(*columns).where(Attempt.sealed_at.is_(None)).order_by(Attempt.id)).all()
    used = select(AssessmentVersion.id, AssessmentVersion.body).where(
        AssessmentVersion.id.in_({row.version_id for row in unsealed})
    )
    bodies = {key: body_from_json(body) for key, body in session.execute(used)} if unsealed else {}
    due = (row.id for row in unsealed if _is_due(row, _clock(bodies[row.version_id], row, int(row.adjusted)), now))
    return list(itertools.islice(due, limit))


def _is_due(attempt: Attempt | Row[Any], clock: Clock, now: dt.datetime) -> bool:
    return now >= (hard_end(clock) if attempt.state == AttemptState.WORKING else seal_at(clock))


def _clock(body: Body, attempt: Attempt | Row[Any], adjusted: int) -> Clock:
    return Clock(
        started_at=attempt.started_at,
        limit_seconds=body.time.limit_seconds,
        policy=body.time.policy,
        multiplier=attempt.multiplier,
        adjusted_seconds=adjusted,
        closes_at=body.window.closes_at,
    )


def task_hashes(session: Session, task: AttemptTask) -> dict[str, str]:
    """SHA-256 by path of the files of one task as they are stored now."""
    if task.workspace_id is None:
        return {}
    files = files_of(session, task.workspace_id)
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def answer_version(session: Session, attempt_id: int, question: str) -> int:
    """How often an answer was saved; 0 for one that was never written."""
    query = select(Answer.version).where(Answer.attempt_id == attempt_id, Answer.question == question)
    return session.scalar(query) or 0
