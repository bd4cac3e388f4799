"""Reads of the outbox."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from core.accounts.actor import Actor
from core.accounts.models import Role
from core.base.errors import NotFound
from core.base.paging import DEFAULT_SIZE, Page, page_of, paging_id, read_cursor
from core.notifications.models import MailState, OutgoingMail

FOR_ADMINS = ("colleague",)


def access_mail(session: Session, actor: Actor, mail_uuid: uuid.UUID, *, lock: bool = False) -> OutgoingMail:
    """A mail of the actor's organisation. Raises NotFound, also for other organisations' mails."""
    actor.need(Role.RECRUITER)
    query = select(OutgoingMail).where(OutgoingMail.uuid == mail_uuid, *_readable(actor))
    mail = session.scalar(query.with_for_update() if lock else query)
    if mail is None:
        raise NotFound
    return mail


def _readable(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    # A colleague's link makes whoever opens it a member, perhaps an admin: only admins may see it.
    own = OutgoingMail.organisation_id == actor.organisation_id
    return (own,) if actor.may(Role.ADMIN) else (own, OutgoingMail.kind.not_in(FOR_ADMINS))


def list_mails(
    session: Session, actor: Actor, state: MailState | None = None, after: str = "", size: int = DEFAULT_SIZE
) -> Page[OutgoingMail]:
    """The organisation's mails, latest first, without their bodies."""
    actor.need(Role.RECRUITER)
    query = select(OutgoingMail).where(*_readable(actor))
    if state is not None:
        query = query.where(OutgoingMail.state == state)
    if after:
        query = query.where(OutgoingMail.id < read_cursor(after, paging_id)[0])
    query = query.order_by(OutgoingMail.id.desc()).limit(size + 1)
    rows = session.scalars(query.options(defer(OutgoingMail.html), defer(OutgoingMail.text))).all()
    return page_of(rows, size, lambda mail: [mail.id])


def count_mails(session: Session, actor: Actor) -> dict[MailState, int]:
    """How many mails stand in each state."""
    query = (
        select(OutgoingMail.state, func.count())
        .where(*_readable(actor))
        .group_by(OutgoingMail.state)
    )
    found = {MailState(state): count for state, count in session.execute(query)}
    return {state: found.get(state, 0) for state in MailState}
