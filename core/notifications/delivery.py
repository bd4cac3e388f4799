"""Sends one mail: claim the row, speak with the server outside any transaction, write down what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Organisation
from core.base.db import Database
from core.base.log import get_log
from core.base.queue import Job, enqueue
from core.gateways.mail.chosen import mail_gateway
from core.gateways.mail.port import Letter, MailGateway, MailNotSent
from core.notifications.actions import tell_outbox
from core.notifications.models import MailState, OutgoingMail
from core.notifications.rules import LEASE_SECONDS, OVERDUE_SECONDS, next_try
from core.settings import Settings

log = get_log(__name__)
GatewayOf = Callable[[Session, Settings], MailGateway]


@dataclass(frozen=True)
class Claimed:
    """A mail that this process is sending; ``number`` fences what it writes afterwards."""

    mail_id: int
    number: int
    letter: Letter
    gateway: MailGateway


def deliver_mail(
    database: Database,
    settings: Settings,
    mail_id: int,
    now: dt.datetime,
    gateway_of: GatewayOf = mail_gateway,
) -> None:
    """Send a queued mail that is due. Safe to run twice: the second run finds it claimed or done."""
    with database.unit_of_work() as session:
        claimed = _claim(session, settings, mail_id, now, gateway_of)
    if claimed is None:
        return
    failure: MailNotSent | None = None
    try:
        claimed.gateway.send(claimed.letter)
    except MailNotSent as error:
        failure = error
        log.warning("mail.not_sent", mail=mail_id, permanent=error.permanent, reason=error.reason)
    with database.unit_of_work() as session:
        _conclude(session, claimed, failure, now)


def _claim(
    session: Session, settings: Settings, mail_id: int, now: dt.datetime, gateway_of: GatewayOf
) -> Claimed | None:
    query = select(OutgoingMail).where(
        OutgoingMail.id == mail_id, OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= now
    )
    mail = session.scalar(query.with_for_update(skip_locked=True))
    if mail is None:
        return None
    gateway = gateway_of(session, settings)
    if not gateway.sends or _is_of_example(session, mail):
        mail.state, mail.next_try_at = MailState.KEPT, None
        tell_outbox(session, mail)
        return None
    mail.tries += 1
    mail.next_try_at = now + dt.timedelta(seconds=LEASE_SECONDS)
    return Claimed(mail.id, mail.tries, letter_of(mail, settings), gateway)


def _is_of_example(session: Session, mail: OutgoingMail) -> bool:
    """The people of the example organisation do not exist: nothing may leave for their addresses."""
    organisation = session.get(Organisation, mail.organisation_id) if mail.organisation_id else None
    return organisation is not None and organisation.is_example


def letter_of(mail: OutgoingMail, settings: Settings) -> Letter:
    """What the gateway gets; the message id is the row's, whichever try it is."""
    host = settings.public_url.split("//")[-1].split("/")[0].split(":")[0]
    return Letter(mail.to_address, mail.to_name, mail.subject, mail.text, mail.html, f"<{mail.uuid}@{host}>")


def _conclude(session: Session, claimed: Claimed, failure: MailNotSent | None, now: dt.datetime) -> None:
    query = select(OutgoingMail).where(
        OutgoingMail.id == claimed.mail_id,
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.tries == claimed.number,
    )
    mail = session.scalar(query.with_for_update())
    if mail is None:
        return
    if failure is None:
        mail.state, mail.sent_at, mail.next_try_at, mail.last_error = MailState.SENT, now, None, ""
    else:
        mail.last_error = failure.reason
        mail.next_try_at = None if failure.permanent else next_try(mail.tries, now)
        mail.state = MailState.FAILED if mail.next_try_at is None else MailState.QUEUED
    tell_outbox(session, mail)


def requeue_due_mails(session: Session, now: dt.datetime, limit: int = 200) -> int:
    """Wake a job for each mail whose time has come (again); returns how many. The timetable calls it."""
    overdue = now - dt.timedelta(seconds=OVERDUE_SECONDS)
    query = (
        select(OutgoingMail.id)
        .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at <= overdue)
        .order_by(OutgoingMail.next_try_at)
        .limit(limit)
    )
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    for mail_id in found:
        enqueue(session, Job.SEND_MAIL, mail_id)
    return len(found)
