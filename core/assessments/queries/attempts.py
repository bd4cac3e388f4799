"""Reads about attempts that both doors and the jobs need."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.assessments.models import Answer, Attempt, AttemptTask, TimeAdjustment
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import Clock
from core.workspaces.queries import files_of


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
