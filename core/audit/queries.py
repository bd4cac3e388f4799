"""Reads of the audit log, a page at a time."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.models import AuditEvent
from core.base.paging import DEFAULT_SIZE, Page, page_of, paging_id, read_cursor

KINDS_SHOWN = 200


def list_audit(
    session: Session,
    organisation_id: int,
    kind: str = "",
    actor_id: int | None = None,
    after: str = "",
    size: int = DEFAULT_SIZE,
) -> Page[AuditEvent]:
    """Deeds of an organisation, latest first, of one kind and one person if asked."""
    query = select(AuditEvent).where(AuditEvent.organisation_id == organisation_id)
    if kind:
        query = query.where(AuditEvent.kind == kind)
    if actor_id is not None:
        query = query.where(AuditEvent.actor_id == actor_id)
    if after:
        query = query.where(AuditEvent.id < read_cursor(after, paging_id)[0])
    rows = session.scalars(query.order_by(AuditEvent.id.desc()).limit(size + 1)).all()
    return page_of(rows, size, lambda event: [event.id])


def list_audit_kinds(session: Session, organisation_id: int) -> list[str]:
    """The kinds that occur, for the filter."""
    query = (
        select(AuditEvent.kind)
        .where(AuditEvent.organisation_id == organisation_id)
        .distinct()
        .order_by(AuditEvent.kind)
        .limit(KINDS_SHOWN)
    )
    return list(session.scalars(query))
