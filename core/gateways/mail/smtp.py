"""Mail by SMTP, through the standard library: plain, STARTTLS or TLS, with or without a password."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

from core.base.clock import utc_now
from core.gateways.mail.port import Letter, MailNotSent

TIMEOUT_SECONDS = 10
# RFC 5321: 5xx is final. These say "not now" or "not like this" about us rather than about the mail.
OURS = frozenset({530, 534, 535, 538})


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True)
class SmtpServer:
    """Where and as whom mails are handed over. ``sender`` is the From address."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str
    sender_name: str = "Proofroom"

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.security}, user={self.user!r})"


class SmtpMail:
    """One connection a mail. ``context`` is the TLS context (the system's authorities by default)."""

    sends = True

    def __init__(
        self,
        server: SmtpServer,
        context: ssl.SSLContext | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.server = server
        self.context = context
        self.timeout_seconds = timeout_seconds

    def send(self, letter: Letter) -> None:
        """Hand one mail over. Raises MailNotSent with a reason that names the cure where there is one."""
        message = compose(letter, self.server)
        try:
            with self._connected() as smtp:
                if self.server.user:
                    smtp.login(self.server.user, self.server.password)
                smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise MailNotSent(_answer(code, text), permanent=500 <= code < 600) from error
        except smtplib.SMTPResponseException as error:
            permanent = 500 <= error.smtp_code < 600 and error.smtp_code not in OURS
            raise MailNotSent(_answer(error.smtp_code, error.smtp_error), permanent=permanent) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotSent(_reason(error, self.server), permanent=False) from error

    def hello(self) -> str:
        """Connect, sign in where a user is given, send nothing; what the server calls itself. Raises MailNotSent."""
        try:
            with self._connected() as smtp:
                code, said = smtp.ehlo()
                if not 200 <= code < 300:
                    raise smtplib.SMTPHeloError(code, said)
                if self.server.user:
                    smtp.login(self.server.user, self.server.password)
                return said.decode(errors="replace").split("\n")[0][:80]
        except smtplib.SMTPResponseException as error:
            raise MailNotSent(_answer(error.smtp_code, error.smtp_error), permanent=False) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotSent(_reason(error, self.server), permanent=False) from error

    def _connected(self) -> smtplib.SMTP:
        server, context = self.server, self.context or ssl.create_default_context()
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=self.timeout_seconds, context=context)
        smtp = smtplib.SMTP(server.host, server.port, timeout=self.timeout_seconds)
        if server.security is Security.STARTTLS:
            try:
                smtp.starttls(context=context)
            except BaseException:
                smtp.close()
                raise
        return smtp


def compose(letter: Letter, server: SmtpServer) -> EmailMessage:
    """The message with its text and HTML. Line breaks in headers cannot happen: EmailMessage refuses them."""
    message = EmailMessage()
    message["From"] = _address(server.sender_name, server.sender)
    message["To"] = _address(letter.to_name, letter.to_address)
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _address(name: str, address: str) -> Address:
    try:
        return Address(display_name=_line(name), addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise MailNotSent(
            f"{address!r} is not an address that mail can be sent to.", permanent=True
        ) from error


def _line(text: str) -> str:
    return " ".join(text.split())


def _answer(code: int, text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"The mail server answered {code}: {said}"


def _reason(error: Exception, server: SmtpServer) -> str:
    where = f"{server.host}:{server.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not trusted: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"No TLS with {where}. Try another kind of encryption or another port."
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"{where} did not answer in time. Check host, port and firewall."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{where} does not offer this: {error}"
    return f"{where} could not be reached: {error}"
