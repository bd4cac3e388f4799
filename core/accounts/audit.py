"""Audit rows from an actor: who, where from and in which organisation are taken from them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.audit.actions import record_audit
from core.audit.models import AuditEvent


def audit(
    session: Session,
    actor: Actor,
    kind: str,
    subject_kind: str = "",
    subject_uuid: uuid.UUID | None = None,
    subject_name: str = "",
    **details: Any,
) -> AuditEvent:
    """One row of the actor's deed; ``details`` hold no secrets and no content."""
    return record_audit(
        session,
        kind,
        organisation_id=actor.organisation_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        subject_kind=subject_kind,
        subject_uuid=subject_uuid,
        subject_name=subject_name,
        details=details,
        address=actor.origin.address,
        request_id=actor.origin.request_id,
    )
