"""People, how they prove who they are, and what they may do in which organisation (decision 9)."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.base.clock import utc_now
from core.base.db import Addressed, Base, Keyed


class Role(StrEnum):
    """What a member may do in an organisation; a membership holds a set of them."""

    ADMIN = "admin"
    RECRUITER = "recruiter"
    INTERVIEWER = "interviewer"


class Provider(StrEnum):
    """How an identity was shown. ``link`` and ``code`` come without an account."""

    PASSWORD = "password"  # noqa: S105 - the name of a provider
    EMAIL = "email"
    LINK = "link"
    CODE = "code"
    GITHUB = "github"


class Organisation(Base, Addressed):
    """A company or team; every staff-owned row names one."""

    __tablename__ = "organisations"

    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    is_example: Mapped[bool] = mapped_column(default=False)


class Person(Base, Addressed):
    """Somebody, deployment-wide: staff or candidate. ``email_normalised`` is set only for account holders."""

    __tablename__ = "people"
    __table_args__ = (
        Index(
            "uq_people_account_email", "email_normalised", unique=True, postgresql_where=text("has_account")
        ),
    )

    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    email_normalised: Mapped[str | None] = mapped_column(String(254), index=True)
    has_account: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(12), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    theme: Mapped[str] = mapped_column(String(8), default="system")
    single_keys: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    is_example: Mapped[bool] = mapped_column(default=False)

    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class Identity(Base, Keyed):
    """One way a person was recognised; ``subject`` is the e-mail, link id or account id within the provider."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(254))
    verified_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class Password(Base):
    """An argon2id hash."""

    __tablename__ = "passwords"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime]


class Membership(Base, Keyed):
    """A person in an organisation with a set of roles; ended, not deleted."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        CheckConstraint("cardinality(roles) > 0", name="some_role"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[dt.datetime | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class AccountSession(Base):
    """One signed-in browser. The refresh token rotates; the previous one is honoured for 30 s (decision 18)."""

    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    refresh_hash: Mapped[str] = mapped_column(String(64))
    previous_refresh_hash: Mapped[str | None] = mapped_column(String(64))
    rotated_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class ColleagueInvitation(Base, Addressed):
    """A link by which a colleague joins an organisation."""

    __tablename__ = "colleague_invitations"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[dt.datetime | None]


class MailCode(Base, Keyed):
    """A six-digit code sent by mail: to prove an address before a start, or to go on from another device."""

    __tablename__ = "mail_codes"
    __table_args__ = (Index("ix_mail_codes_purpose_subject", "purpose", "subject"),)

    purpose: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(300))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
