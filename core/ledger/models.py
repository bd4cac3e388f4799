"""Stored evidence: one log an attempt or session, in the final header format (decision 6).

A header is stored as the exact canonical JSON text that was hashed. Payload and salt stand apart, so that personal data
can be erased while every proof still holds.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.base.clock import utc_now
from core.base.db import Base, Keyed


class EvidenceLog(Base):
    """One append-only log. Its row is locked last and held only to the commit; ``next_seq`` has no gaps."""

    __tablename__ = "evidence_logs"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    manifest: Mapped[dict[str, Any]]
    manifest_hash: Mapped[str] = mapped_column(String(64))
    next_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_leaf_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    late_from_at: Mapped[dt.datetime | None]
    sealed_at: Mapped[dt.datetime | None]
    previous_log_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence_logs.id"))


class EvidenceEvent(Base):
    """One event: header text, its leaf hash, and the payload with its salt until they are erased."""

    __tablename__ = "evidence_events"
    __table_args__ = (Index("ix_evidence_events_log_id_kind", "log_id", "kind"),)

    log_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("evidence_logs.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    header: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any] | None]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    erased_at: Mapped[dt.datetime | None]


class EvidenceBatch(Base, Keyed):
    """A client's batch, taken once however often it is sent."""

    __tablename__ = "evidence_batches"
    __table_args__ = (UniqueConstraint("log_id", "batch"),)

    log_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence_logs.id", ondelete="CASCADE"))
    batch: Mapped[str] = mapped_column(String(64))
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)


class EvidenceRefusal(Base, Keyed):
    """How often an event of an undeclared or unknown kind was refused (never stored)."""

    __tablename__ = "evidence_refusals"
    __table_args__ = (UniqueConstraint("log_id", "kind", "reason"),)

    log_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence_logs.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(24))
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
