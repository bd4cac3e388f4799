"""Which way out mails take: what the environment says, else what was entered on the settings screen, else none."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from core.base.seal import unseal
from core.base.stored_settings import StoredSetting
from core.gateways.mail.kept import KeptMail
from core.gateways.mail.port import MailGateway
from core.gateways.mail.smtp import Security, SmtpMail, SmtpServer
from core.settings import Settings

NAME = "mail"
SCHEMES = {
    "smtp": (Security.NONE, 25),
    "smtp+starttls": (Security.STARTTLS, 587),
    "smtps": (Security.TLS, 465),
}


@dataclass(frozen=True)
class ChosenMail:
    """The server in use, if any. ``fixed`` means that PROOFROOM_SMTP_URL decides and screens cannot change it."""

    server: SmtpServer | None
    fixed: bool


def chosen_mail(session: Session, settings: Settings) -> ChosenMail:
    """The server in use. Raises Unavailable when the stored password was sealed with another secret key."""
    if settings.smtp_url:
        return ChosenMail(server_of_url(settings), fixed=True)
    row = session.get(StoredSetting, NAME)
    if row is None or not row.value.get("host"):
        return ChosenMail(None, fixed=False)
    value = row.value
    password = unseal(settings.secret_key, value["password_sealed"]) if value["password_sealed"] else ""
    server = SmtpServer(
        value["host"], value["port"], Security(value["security"]), value["user"], password, value["sender"]
    )
    return ChosenMail(server, fixed=False)


def server_of_url(settings: Settings) -> SmtpServer:
    """The server that PROOFROOM_SMTP_URL names."""
    parts = urlsplit(settings.smtp_url)
    security, port = SCHEMES[parts.scheme]
    host = parts.hostname or "localhost"
    sender = settings.mail_from or f"proofroom@{urlsplit(settings.public_url).hostname or host}"
    return SmtpServer(
        host,
        parts.port or port,
        security,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        sender,
    )


def mail_gateway(session: Session, settings: Settings) -> MailGateway:
    """The real gateway when there is a server, else the one that keeps mails."""
    server = chosen_mail(session, settings).server
    return SmtpMail(server) if server else KeptMail()
