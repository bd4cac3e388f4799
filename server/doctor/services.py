"""The outside services: mail and model endpoint. Neither is needed; what is configured must work."""

from __future__ import annotations

from collections.abc import Sequence

from core.base.errors import Unavailable
from core.gateways.llm.chosen import chosen_model
from core.gateways.llm.endpoint import list_models
from core.gateways.llm.port import EndpointFailed
from core.gateways.mail.chosen import chosen_mail
from core.gateways.mail.port import MailNotSent
from core.gateways.mail.smtp import SmtpMail
from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, fail, ok, warn

TIMEOUT_SECONDS = 5.0


def mail(deployment: Deployment) -> Sequence[Finding]:
    """Connects and says hello (and signs in, where a user is given); sends nothing."""
    try:
        with deployment.reading() as session:
            chosen = chosen_mail(session, deployment.settings)
    except Unavailable as error:
        return [fail("mail", str(error), "Restore PROOFROOM_SECRET_KEY or enter the mail password again.")]
    if chosen.server is None:
        cure = "Enter a mail server under Settings, or set PROOFROOM_SMTP_URL, if mails shall leave by themselves."
        return [
            warn(
                "mail",
                "no server is configured: mails are kept in the outbox, where their links can be copied",
                cure,
            )
        ]
    where = f"{chosen.server.host}:{chosen.server.port} ({chosen.server.security})"
    try:
        greeting = SmtpMail(chosen.server, timeout_seconds=TIMEOUT_SECONDS).hello()
    except MailNotSent as error:
        place = "PROOFROOM_SMTP_URL" if chosen.fixed else "the mail server under Settings"
        return [fail("mail", f"{where}: {error.reason}", f"Correct {place}, or the mail server itself.")]
    return [ok("mail", f"{where} says: {greeting}")]


def model(deployment: Deployment) -> Sequence[Finding]:
    """Asks a configured endpoint for its models, within a few seconds."""
    try:
        with deployment.reading() as session:
            chosen = chosen_model(session, deployment.settings)
    except Unavailable as error:
        return [fail("model", str(error), "Restore PROOFROOM_SECRET_KEY or enter the model key again.")]
    endpoint = chosen.endpoint
    if endpoint is None:
        return [ok("model", "no model endpoint is configured; nothing is sent to one")]
    place = "OPENAI_BASE_URL and OPENAI_API_KEY" if chosen.fixed else "the model endpoint under Settings"
    try:
        names = list_models(endpoint, TIMEOUT_SECONDS)
    except EndpointFailed as error:
        return [fail("model", f"{endpoint.base_url}: {error.reason}", f"Correct {place}, or remove it.")]
    if endpoint.model and endpoint.model not in names:
        return [
            fail(
                "model",
                f"{endpoint.base_url} has no model named {endpoint.model}",
                f"Choose another in {place}.",
            )
        ]
    return [ok("model", f"{endpoint.base_url} offers {len(names)} model{'' if len(names) == 1 else 's'}")]
