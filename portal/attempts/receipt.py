"""What the receipt says, at the share level that the assessment chose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.models import Organisation
from core.assessments.models import Assessment, Attempt
from core.assessments.queries.attempts import clock_of, task_hashes
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import over_seconds, worked_seconds
from core.ledger.models import EvidenceEvent


def receipt_values(session: Session, attempt: Attempt) -> dict[str, Any]:
    """The template's values. ``leaf`` is the hash to keep; None while late arrivals are still taken."""
    clock, body = clock_of(session, attempt), body_from_json(attempt.version.body)
    assessment = session.get_one(Assessment, attempt.assessment_id)
    finished_at = attempt.finished_at or attempt.started_at
    events = select(func.count()).where(EvidenceEvent.log_id == attempt.log_id)
    return {
        "attempt": attempt,
        "assessment": assessment,
        "organisation": session.get_one(Organisation, attempt.organisation_id),
        "body": body,
        "leaf": attempt.receipt_leaf,
        "events": session.scalar(events) or 0,
        "files": sum(len(task_hashes(session, task)) for task in attempt.tasks),
        "worked_seconds": worked_seconds(clock, finished_at),
        "over_seconds": over_seconds(clock, finished_at),
    }
