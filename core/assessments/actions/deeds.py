"""How a deed of staff upon an assessment is written down and told: one audit row, one hint, in the deed's transaction."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.assessments.models import Assessment
from core.audit.actions import record_audit
from core.base.realtime import hint


def note_deed(
    session: Session,
    actor: Actor,
    kind: str,
    assessment: Assessment,
    *,
    subject: tuple[str, uuid.UUID, str] | None = None,
    log: tuple[uuid.UUID, int] | None = None,
    **details: Any,
) -> None:
    """Audit ``kind`` and tell the pages of the assessment.

    ``subject`` is (kind, uuid, name) when the deed is about something else than the assessment itself; ``log`` names the
    evidence event of the same deed.
    """
    what, address, name = subject or ("assessment", assessment.uuid, assessment.title)
    record_audit(
        session,
        kind,
        organisation_id=actor.organisation_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        subject_kind=what,
        subject_uuid=address,
        subject_name=name,
        details=details,
        address=actor.origin.address,
        request_id=actor.origin.request_id,
        log_id=log[0] if log else None,
        log_seq=log[1] if log else None,
    )
    hint(session, f"assessment:{assessment.uuid}", "assessment.changed")
