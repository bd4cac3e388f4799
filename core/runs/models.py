"""Runs: the truth of every piece of work that the sandbox does (decision 1), and the sandboxes that serve them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.base.clock import utc_now
from core.base.db import Addressed, Base


class RunClass(StrEnum):
    """Which queue serves it; candidates' own runs come first."""

    RUN = "run"
    GRADE = "grade"
    PROVE = "prove"


class RunState(StrEnum):
    """queued → running → finished | failed; cancelled from either of the first two. Failed = "sandbox error"."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(Base, Addressed):
    """One job for the sandbox as a leased row. Every write of a worker is fenced by ``attempt_number``.

    ``job`` is the plan without file contents (paths → blob hashes); ``result`` is the sandbox's answer with outputs
    bounded; ``verdicts`` are made outside the container. ``lease_until_at`` of a queued run says until when a run that
    was lost waits for a sandbox, should there be none. ``subject_kind``/``subject_id`` say whose it is ("attempt",
    "proof"); ``topic`` is the socket room that gets hints; ``owner_key`` is the person for round robin.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_waiting", "run_class", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_runs_leased", "lease_until_at", postgresql_where=text("state = 'running'")),
        Index("ix_runs_subject_kind_subject_id", "subject_kind", "subject_id", "id"),
    )

    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    run_class: Mapped[str] = mapped_column(String(8))
    purpose: Mapped[str] = mapped_column(String(24))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    owner_key: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(24))
    job: Mapped[dict[str, Any]]
    limit_ms: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=RunState.QUEUED)
    stage: Mapped[str] = mapped_column(String(24), default="")
    attempt_number: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str] = mapped_column(String(80), default="")
    lease_until_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    result: Mapped[dict[str, Any] | None]
    verdicts: Mapped[list[Any] | None]
    error: Mapped[str] = mapped_column(String(300), default="")


class Runner(Base):
    """What a host's sandbox can do now: engine, languages with versions, images in the making, slots (decision 14)."""

    __tablename__ = "runners"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    engine: Mapped[str] = mapped_column(String(16))
    status: Mapped[dict[str, Any]]
    seen_at: Mapped[dt.datetime]
