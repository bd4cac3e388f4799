"""Every mail the system wrote: sent by SMTP when there is one, else kept for the outbox screen."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from core.base.clock import utc_now
from core.base.db import Addressed, Base
from core.notifications.rules import for_staff


class MailState(StrEnum):
    """queued → sent | failed; kept = no mail server is configured, so it waits on the outbox screen."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"


class OutgoingMail(Base, Addressed):
    """A rendered mail and what became of it.

    ``link`` is the one address that the reader needs, for passing it on by hand. ``next_try_at`` is when a queued mail
    is due; while somebody sends it, it stands in the future, so that nobody else does.
    """

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_organisation_id_id", "organisation_id", "id"),
        Index("ix_mails_due", "next_try_at", postgresql_where=sql("state = 'queued'")),
    )

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default=MailState.QUEUED)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[dt.datetime | None]
    next_try_at: Mapped[dt.datetime | None] = mapped_column(default=utc_now)
    link: Mapped[str] = mapped_column(Text, default="")

    @property
    def shown_subject(self) -> str:
        """The subject as staff may read it."""
        return for_staff(self.kind, self.subject)

    @property
    def shown_text(self) -> str:
        """The text as staff may read it."""
        return for_staff(self.kind, self.text)
