"""Forms about outside services; the set-up wizard and the settings screen share them."""

from __future__ import annotations

from urllib.parse import urlsplit

from wtforms import EmailField, IntegerField, PasswordField, RadioField, StringField
from wtforms.validators import NumberRange, ValidationError

from core.accounts.rules import MAX_EMAIL
from core.gateways.llm.port import Endpoint
from core.gateways.mail.smtp import Security, SmtpServer
from server.forms import Form, at_most, email_address, filled, lazy, options
from server.i18n import _

MAX_SECRET = 400
KINDS = [
    (Security.STARTTLS.value, lazy("STARTTLS (usually port 587)")),
    (Security.TLS.value, lazy("TLS (usually port 465)")),
    (Security.NONE.value, lazy("None, only inside one's own network (usually port 25)")),
]


class MailForm(Form):
    """An SMTP server. An empty password keeps the stored one."""

    host = StringField(
        lazy("Mail server"), [filled(lazy("Enter the name of your mail server.")), at_most(253)]
    )
    port = IntegerField(
        lazy("Port"), [NumberRange(1, 65535, lazy("A port is a number from 1 to 65535."))], default=587
    )
    security = RadioField(lazy("Encryption"), choices=options(KINDS), default=Security.STARTTLS.value)
    user = StringField(lazy("User name"), [at_most(200)])
    password = PasswordField(lazy("Password"), [at_most(MAX_SECRET)])
    sender = EmailField(
        lazy("Sender address"),
        [filled(lazy("Enter the address that mails come from.")), at_most(MAX_EMAIL), email_address()],
    )
    test_to = EmailField(lazy("Send a test mail to"), [at_most(MAX_EMAIL), email_address()])

    def validate_host(self, field: StringField) -> None:
        """A host name or an address, nothing else."""
        if any(letter.isspace() or letter in "/@" for letter in field.data or ""):
            raise ValidationError(_("Enter only the name, such as smtp.example.org."))

    def server(self, stored: SmtpServer | None) -> SmtpServer:
        """What was entered, with the stored password where none was typed and the account is the same."""
        password = self.password.data or ""
        if not password and stored and (stored.user, stored.host) == (self.user.data, self.host.data):
            password = stored.password
        return SmtpServer(
            self.host.data,
            self.port.data,
            Security(self.security.data),
            self.user.data or "",
            password,
            self.sender.data,
        )

    @classmethod
    def showing(cls, stored: SmtpServer | None, email: str) -> MailForm:
        """A form that shows what is stored, without its password."""
        if stored is None:
            return cls(formdata=None, test_to=email)
        return cls(
            formdata=None,
            host=stored.host,
            port=stored.port,
            security=stored.security.value,
            user=stored.user,
            sender=stored.sender,
            test_to=email,
        )


class ModelForm(Form):
    """A model endpoint that speaks OpenAI's protocol. An empty key keeps the stored one."""

    base_url = StringField(
        lazy("Address"), [filled(lazy("Enter the address of the endpoint.")), at_most(300)]
    )
    api_key = PasswordField(lazy("Key"), [at_most(MAX_SECRET)])
    model = StringField(lazy("Model"), [at_most(120)])

    def validate_base_url(self, field: StringField) -> None:
        """An http or https address without credentials."""
        parts = urlsplit(field.data or "")
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValidationError(_("Enter the whole address, such as https://api.openai.com/v1."))

    def endpoint(self, stored: Endpoint | None) -> Endpoint:
        """What was entered, with the stored key where none was typed and the address is the same."""
        key = self.api_key.data or ""
        if not key and stored and stored.base_url == self.base_url.data:
            key = stored.api_key
        return Endpoint(self.base_url.data.rstrip("/"), key, self.model.data or "")

    @classmethod
    def showing(cls, stored: Endpoint | None) -> ModelForm:
        """A form that shows what is stored, without its key."""
        if stored is None:
            return cls(formdata=None)
        return cls(formdata=None, base_url=stored.base_url, model=stored.model)
