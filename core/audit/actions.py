"""The one way an audit row is written: in the transaction of the deed."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from core.audit.models import AuditEvent


def record_audit(
    session: Session,
    kind: str,
    *,
    organisation_id: int | None,
    actor_id: int | None = None,
    actor_name: str = "",
    subject_kind: str = "",
    subject_uuid: uuid.UUID | None = None,
    subject_name: str = "",
    details: dict[str, Any] | None = None,
    address: str = "",
    request_id: str = "",
    log_id: uuid.UUID | None = None,
    log_seq: int | None = None,
) -> AuditEvent:
    """Add one row. ``kind`` is named noun.past ("submission.rejected"); ``details`` hold no secrets and no content."""
    event = AuditEvent(
        kind=kind,
        organisation_id=organisation_id,
        actor_id=actor_id,
        actor_name=actor_name,
        subject_kind=subject_kind,
        subject_uuid=subject_uuid,
        subject_name=subject_name[:200],
        details=details or {},
        address=address,
        request_id=request_id,
        log_id=log_id,
        log_seq=log_seq,
    )
    session.add(event)
    return event
