"""Assessments as immutable versions, who is invited, and the attempts they make.

``AssessmentVersion.body`` is the frozen value that rules read (core/assessments/rules/body.py names its shape). A change
makes a new version, which holds for attempts not yet started (decision 7).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.base.clock import utc_now
from core.base.db import Addressed, Base, Keyed
from core.problems.models import PackVersion


class ProofState(StrEnum):
    """pending → running → passed | failed. ``failed`` names each reference and mutant that did not do its part."""

    PENDING = "pending"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class Proof(Base, Addressed):
    """A pack version proven (or not) in one language on one toolchain, in the sandbox."""

    __tablename__ = "proofs"
    __table_args__ = (UniqueConstraint("pack_version_id", "language", "toolchain"),)

    pack_version_id: Mapped[int] = mapped_column(ForeignKey("pack_versions.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(24))
    toolchain: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default=ProofState.PENDING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[dt.datetime | None]


class Assessment(Base, Addressed):
    """A real-work assessment of an organisation; ``share_code`` is null while none is open."""

    __tablename__ = "assessments"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    display_code: Mapped[str] = mapped_column(String(16))
    share_code: Mapped[str | None] = mapped_column(String(24), unique=True)
    share_code_closed_at: Mapped[dt.datetime | None]
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("assessment_versions.id", use_alter=True, name="fk_assessments_current_version_id")
    )
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    archived_at: Mapped[dt.datetime | None]
    is_example: Mapped[bool] = mapped_column(default=False)


class AssessmentVersion(Base, Addressed):
    """One frozen content of an assessment."""

    __tablename__ = "assessment_versions"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    manifest_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Invitation(Base, Addressed):
    """A personal link. ``multiplier`` is the time arrangement made before the start (1 = none)."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("assessment_id", "email_normalised"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254))
    email_normalised: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    multiplier: Mapped[Decimal] = mapped_column(Numeric(4, 2), default=Decimal(1))
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    opened_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class AttemptState(StrEnum):
    """working → submitted (by the person) | ended (by the clock); then sealed."""

    WORKING = "working"
    SUBMITTED = "submitted"
    ENDED = "ended"


class Attempt(Base, Addressed):
    """One person's one try at one assessment version, guarded by two unique constraints (decision 9)."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("assessment_id", "person_id"),
        UniqueConstraint("assessment_id", "identity_provider", "identity_subject"),
        Index("ix_attempts_open", "state", "id", postgresql_where=text("sealed_at IS NULL")),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("assessment_versions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), unique=True)
    identity_provider: Mapped[str] = mapped_column(String(16))
    identity_subject: Mapped[str] = mapped_column(String(254))
    verified: Mapped[bool]
    candidate_name: Mapped[str] = mapped_column(String(120))
    candidate_email: Mapped[str | None] = mapped_column(String(254))
    log_id: Mapped[Any] = mapped_column(ForeignKey("evidence_logs.id"), unique=True)
    multiplier: Mapped[Decimal] = mapped_column(Numeric(4, 2), default=Decimal(1))
    consent_locale: Mapped[str] = mapped_column(String(12))
    consent_text_hash: Mapped[str] = mapped_column(String(64))
    resume_code_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default=AttemptState.WORKING)
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    sealed_at: Mapped[dt.datetime | None]
    receipt_leaf: Mapped[str | None] = mapped_column(String(64))
    is_example: Mapped[bool] = mapped_column(default=False)

    version: Mapped[AssessmentVersion] = relationship()
    tasks: Mapped[list[AttemptTask]] = relationship(order_by="AttemptTask.position")


class AttemptTask(Base, Keyed):
    """One task of an attempt: which pack version, in which language, in which workspace."""

    __tablename__ = "attempt_tasks"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    position: Mapped[int]
    pack_version_id: Mapped[int] = mapped_column(ForeignKey("pack_versions.id"))
    language: Mapped[str | None] = mapped_column(String(24))
    workspace_id: Mapped[int | None] = mapped_column(ForeignKey("workspaces.id"), unique=True)

    pack_version: Mapped[PackVersion] = relationship()


class TimeAdjustment(Base, Keyed):
    """Append-only seconds added to (or taken from) one attempt's clock, with who and why."""

    __tablename__ = "time_adjustments"
    __table_args__ = (UniqueConstraint("attempt_id", "outage_id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), index=True)
    seconds: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outages.id"))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class AttemptDevice(Base, Addressed):
    """A browser that may work on the attempt: the one that started it, or one let in by a code (decision 20)."""

    __tablename__ = "attempt_devices"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    how: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    revoked_at: Mapped[dt.datetime | None]


class Answer(Base, Keyed):
    """A follow-up answer; ``version`` counts saves, so that an old tab cannot overwrite a newer text unseen."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("attempt_id", "question"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
