"""The form by which an invited colleague makes an account."""

from __future__ import annotations

from wtforms import PasswordField, StringField

from core.accounts.rules import MAX_NAME, MAX_PASSWORD
from server.forms import Form, at_most, filled, lazy


class NewAccountForm(Form):
    """Name and password; the address is the invited one."""

    name = StringField(
        lazy("Your name"), [filled(lazy("Write the name that colleagues should see.")), at_most(MAX_NAME)]
    )
    password = PasswordField(
        lazy("Choose a password"), [filled(lazy("Choose a password.")), at_most(MAX_PASSWORD)]
    )
