"""Forms of the first step of the set-up."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField

from core.accounts.rules import MAX_EMAIL, MAX_NAME, MAX_PASSWORD
from server.forms import Form, at_most, email_address, filled, lazy


class FoundingForm(Form):
    """The set-up token, the organisation and its first admin."""

    token = StringField(
        lazy("Set-up token"),
        [filled(lazy("Copy the token that the console shows below the address.")), at_most(200)],
    )
    organisation = StringField(
        lazy("Organisation"), [filled(lazy("Write the name that candidates will see.")), at_most(MAX_NAME)]
    )
    name = StringField(lazy("Your name"), [filled(lazy("Write your name.")), at_most(MAX_NAME)])
    email = EmailField(
        lazy("Your email"), [filled(lazy("Enter your e-mail address.")), at_most(MAX_EMAIL), email_address()]
    )
    password = PasswordField(
        lazy("Choose a password"), [filled(lazy("Choose a password.")), at_most(MAX_PASSWORD)]
    )
