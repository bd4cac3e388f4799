"""Writing a mail, and sending one again. Sending itself is core/notifications/delivery.py, called by a job."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.audit import audit
from core.accounts.models import Organisation, Role
from core.base.errors import N_, Conflict
from core.base.queue import Job, enqueue
from core.base.realtime import hint
from core.base.render import render_mail
from core.notifications.models import MailState, OutgoingMail
from core.notifications.queries import access_mail


def send_mail(
    session: Session,
    kind: str,
    *,
    organisation_id: int | None,
    to_address: str,
    to_name: str = "",
    locale: str = "en",
    link: str = "",
    values: dict[str, Any],
    now: dt.datetime,
) -> OutgoingMail:
    """Write a mail from core/texts/<kind>.txt and .html, to be sent after the commit.

    ``link`` is the one address the reader needs; templates get it and ``to_name`` beside ``values``. Without a mail server the mail is
    kept, and the outbox screen shows it with its link. Raises UndefinedError when a template misses a value.
    """
    made = render_mail(kind, locale, **{"link": link, "to_name": to_name, **values})
    mail = OutgoingMail(
        organisation_id=organisation_id,
        kind=kind,
        to_address=to_address,
        to_name=to_name,
        subject=made.subject,
        text=made.text,
        html=made.html,
        link=link,
        created_at=now,
        next_try_at=now,
    )
    session.add(mail)
    session.flush()
    enqueue(session, Job.SEND_MAIL, mail.id)
    tell_outbox(session, mail)
    return mail


def send_again(session: Session, actor: Actor, mail_uuid: uuid.UUID, now: dt.datetime) -> OutgoingMail:
    """Try a failed, kept or sent mail once more. Raises NotFound, Conflict while it is still being tried."""
    actor.need(Role.RECRUITER)
    mail = access_mail(session, actor, mail_uuid, lock=True)
    if mail.state == MailState.QUEUED:
        raise Conflict(N_("This mail is already waiting to be sent."), code="mail_queued")
    mail.state, mail.tries, mail.next_try_at, mail.last_error = MailState.QUEUED, 0, now, ""
    enqueue(session, Job.SEND_MAIL, mail.id)
    audit(session, actor, "mail.sent_again", "mail", mail.uuid, mail.shown_subject)
    tell_outbox(session, mail)
    return mail


def tell_outbox(session: Session, mail: OutgoingMail) -> None:
    """Hint to open outbox screens that a mail changed."""
    if mail.organisation_id is None:
        return
    room = session.scalar(select(Organisation.uuid).where(Organisation.id == mail.organisation_id))
    hint(session, f"org:{room}", "mail.changed", mail=str(mail.uuid), state=str(mail.state))
