"""What people did with a graded row: opened it, decided, said why, took notes."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.base.clock import utc_now
from core.base.db import Base, Keyed


class Choice(StrEnum):
    """A decision; "new" is the absence of one."""

    NEW = "new"
    ADVANCE = "advance"
    MAYBE = "maybe"
    REJECT = "reject"


class ReviewState(Base):
    """The decision that holds now, one row an attempt (absent = new)."""

    __tablename__ = "review_states"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(8), default=Choice.NEW)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("decisions.id", use_alter=True, name="fk_review_states_decision_id")
    )
    changed_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Decision(Base, Keyed):
    """Append-only history: every decision and every undo, with person and reason."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_attempt_id_id", "attempt_id", "id"),
        Index("ix_decisions_deed", "deed"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    deed: Mapped[uuid.UUID]
    choice: Mapped[str] = mapped_column(String(8))
    previous: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))


class Opening(Base, Keyed):
    """The server showed this person this submission's panel or page; without one they cannot reject it."""

    __tablename__ = "openings"
    __table_args__ = (UniqueConstraint("attempt_id", "person_id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    first_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    last_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class ReviewNote(Base, Keyed):
    """A reviewer's note, append-only."""

    __tablename__ = "review_notes"
    __table_args__ = (Index("ix_review_notes_attempt_id_id", "attempt_id", "id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)
