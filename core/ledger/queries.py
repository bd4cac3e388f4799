"""Reading logs. Access is checked by the feature that owns the attempt or session."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.base.errors import NotFound
from core.ledger.models import EvidenceEvent, EvidenceLog, EvidenceRefusal
from evidence.check import Checked, StoredEvent, check_log
from evidence.kinds import Kind

MAX_PAGE = 1000


@dataclass(frozen=True)
class TimelineEntry:
    """One event for a reader; a late one shows the kind and payload that it carries. Erased: payload None."""

    seq: int
    kind: str
    source: str
    received_at: dt.datetime
    claimed_at: dt.datetime | None
    payload: dict[str, Any] | None
    late: bool


def get_log(session: Session, log_id: uuid.UUID) -> EvidenceLog:
    """The log's row. Raises NotFound."""
    log = session.get(EvidenceLog, log_id)
    if log is None:
        raise NotFound
    return log


def list_events(
    session: Session,
    log_id: uuid.UUID,
    after_seq: int = -1,
    limit: int = MAX_PAGE,
    kinds: Collection[str] | None = None,
) -> Sequence[EvidenceEvent]:
    """Events after a number, in order, at most ``limit`` (and never more than MAX_PAGE)."""
    wanted = select(EvidenceEvent).where(EvidenceEvent.log_id == log_id, EvidenceEvent.seq > after_seq)
    if kinds is not None:
        wanted = wanted.where(EvidenceEvent.kind.in_(list(kinds)))
    return session.scalars(wanted.order_by(EvidenceEvent.seq).limit(min(limit, MAX_PAGE))).all()


def timeline_of(
    session: Session, log_id: uuid.UUID, after_seq: int = -1, limit: int = MAX_PAGE
) -> list[TimelineEntry]:
    """Events as a reader sees them, in order; page on with the last ``seq``."""
    return [_entry(event) for event in list_events(session, log_id, after_seq, limit)]


def _entry(event: EvidenceEvent) -> TimelineEntry:
    kind, payload = event.kind, event.payload
    late = kind == Kind.RECEIVED_LATE
    if late and payload is not None:
        kind, payload = payload["kind"], payload["payload"]
    return TimelineEntry(event.seq, kind, event.source, event.received_at, event.claimed_at, payload, late)


def last_leaf(session: Session, log_id: uuid.UUID) -> str | None:
    """The newest leaf hash, hex; None while the log is empty. Raises NotFound."""
    leaf = get_log(session, log_id).last_leaf_hash
    return None if leaf is None else leaf.hex()


def list_refusals(session: Session, log_id: uuid.UUID) -> Sequence[EvidenceRefusal]:
    """What was refused, how often and why."""
    wanted = select(EvidenceRefusal).where(EvidenceRefusal.log_id == log_id)
    return session.scalars(wanted.order_by(EvidenceRefusal.kind, EvidenceRefusal.reason)).all()


def check_stored_log(session: Session, log_id: uuid.UUID) -> Checked:
    """Recompute everything from the stored rows and compare it with the log's own last leaf hash. Raises NotFound."""
    log = get_log(session, log_id)
    wanted = select(EvidenceEvent.header, EvidenceEvent.payload, EvidenceEvent.salt)
    rows = session.execute(wanted.where(EvidenceEvent.log_id == log_id).order_by(EvidenceEvent.seq)).all()
    events = [StoredEvent(row.header, row.payload, row.salt) for row in rows]
    known = log.last_leaf_hash
    return check_log(
        str(log_id), events, known_leaf=known, known_size=None if known is None else log.next_seq
    )
