"""Forms of one's own account."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField

from core.accounts.rules import MAX_EMAIL, MAX_PASSWORD
from server.forms import Form, at_most, filled, lazy


class SignInForm(Form):
    """Address and password; ``next`` is where to go, ``held`` what was typed into a form that came too late."""

    email = EmailField(
        lazy("Email"), [filled(lazy("Enter the e-mail address of your account.")), at_most(MAX_EMAIL)]
    )
    password = PasswordField(lazy("Password"), [filled(lazy("Enter your password.")), at_most(MAX_PASSWORD)])
    next = HiddenField()
    held = HiddenField()
