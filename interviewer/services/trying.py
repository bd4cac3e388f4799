"""Trying a service before it is stored; the answer says what happened, in words that name the cure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.base.limits import SERVICE_TESTS_PER_PERSON
from core.base.render import render_mail
from core.gateways.llm.endpoint import list_models
from core.gateways.llm.port import Endpoint, EndpointFailed
from core.gateways.mail.port import Letter, MailNotSent
from core.gateways.mail.smtp import SmtpMail, SmtpServer
from server.i18n import _, locale, ngettext
from server.request import limiter

SHOWN_MODELS = 8


@dataclass(frozen=True)
class Tried:
    """Whether it worked, and one sentence."""

    worked: bool
    text: str


def try_mail(server: SmtpServer, to_address: str, person_key: str) -> Tried:
    """Send one real mail now, and say what the server answered."""
    limiter().hit(SERVICE_TESTS_PER_PERSON, person_key)
    made = render_mail("test", locale())
    letter = Letter(to_address, "", made.subject, made.text, made.html, f"<{uuid.uuid4()}@proofroom.invalid>")
    try:
        SmtpMail(server).send(letter)
    except MailNotSent as error:
        return Tried(False, error.reason)
    return Tried(
        True, _("The server took the test mail for %(address)s. Look into that mailbox.", address=to_address)
    )


def try_model(endpoint: Endpoint, person_key: str) -> Tried:
    """Ask for the list of models, and say which there are."""
    limiter().hit(SERVICE_TESTS_PER_PERSON, person_key)
    try:
        names = list_models(endpoint)
    except EndpointFailed as error:
        return Tried(False, error.reason)
    if endpoint.model and endpoint.model not in names:
        return Tried(
            False, _("The endpoint answers, but has no model named %(model)s.", model=endpoint.model)
        )
    found = ngettext("The endpoint answers and offers %(num)d model: %(names)s",
                     "The endpoint answers and offers %(num)d models: %(names)s",
                     len(names), names=", ".join(names[:SHOWN_MODELS]))  # fmt: skip
    return Tried(True, found + (" …" if len(names) > SHOWN_MODELS else ""))
