"""The outbox: every mail that the system wrote, what became of it, and a way to send it again."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.models import Role
from core.base.errors import Conflict, NotFound
from core.gateways.mail.chosen import mail_gateway
from core.notifications.actions import send_again
from core.notifications.models import MailState
from core.notifications.queries import access_mail, count_mails, list_mails
from interviewer.words import mail_state
from server.i18n import _
from server.pages import page
from server.problems import problem_of
from server.request import actor, now, settings, staff, uow

mail = Blueprint("mail", __name__, url_prefix="/team/mail")


@mail.get("")
@staff(Role.RECRUITER)
def mail_page() -> Response:
    """Mails, latest first; ``state`` filters, ``after`` pages."""
    state = _state(request.args.get("state", ""))
    found = list_mails(uow(), actor(), state, request.args.get("after", ""))
    return page(
        "mail/list.html",
        mails=found.rows,
        next_cursor=found.next_cursor,
        here=request.full_path if request.query_string else request.path,
        later=bool(request.args.get("after")),
        state=state,
        counts=count_mails(uow(), actor()),
        sends=mail_gateway(uow(), settings()).sends,
        mail_state=mail_state,
        is_admin=actor().may(Role.ADMIN),
    )


@mail.get("/<uuid:mail_uuid>")
@staff(Role.RECRUITER)
def one_mail(mail_uuid: uuid.UUID) -> Response:
    """One mail in full, with the link it carries."""
    return page(
        "mail/mail.html",
        mail=access_mail(uow(), actor(), mail_uuid),
        mail_state=mail_state,
        sends=mail_gateway(uow(), settings()).sends,
    )


@mail.post("/<uuid:mail_uuid>/send")
@staff(Role.RECRUITER)
def send(mail_uuid: uuid.UUID) -> Response:
    """Try a mail once more."""
    try:
        send_again(uow(), actor(), mail_uuid, now())
        flash(_("The mail will be tried again now."), "good")
    except Conflict as error:
        flash(problem_of(error).detail, "bad")
    return redirect(f"/team/mail/{mail_uuid}")


def _state(name: str) -> MailState | None:
    try:
        return MailState(name) if name else None
    except ValueError:
        raise NotFound from None
