"""What the hidden tests said of an attempt, and what the clock took off. Raw, deduction and final are all kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from core.base.clock import utc_now
from core.base.db import Base, Keyed


class GradeState(StrEnum):
    """waiting → running → done | failed (sandbox error: it can be asked for again)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Grade(Base, Keyed):
    """One row an attempt (twice asked gives one result). Scores are 0-10 with two places, null until done.

    ``final`` is null while there is no score; rows sort by (final desc nulls last, attempt_id).
    """

    __tablename__ = "grades"
    __table_args__ = (Index("ix_grades_ranking", "assessment_id", "final", "attempt_id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default=GradeState.WAITING)
    round: Mapped[int] = mapped_column(default=1)
    raw: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    deduction: Mapped[Decimal | None] = mapped_column(Numeric(5, 3))
    final: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    tests_passed: Mapped[int | None]
    tests_total: Mapped[int | None]
    worked_seconds: Mapped[int]
    over_seconds: Mapped[int] = mapped_column(default=0)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    graded_at: Mapped[dt.datetime | None]


class GradedFiles(Base, Keyed):
    """The frozen files of one task as they were graded: path → {"sha256", "size"}."""

    __tablename__ = "graded_files"

    attempt_task_id: Mapped[int] = mapped_column(
        ForeignKey("attempt_tasks.id", ondelete="CASCADE"), unique=True
    )
    up_to_update_id: Mapped[int | None]
    files: Mapped[dict[str, Any]]
    frozen_at: Mapped[dt.datetime]
