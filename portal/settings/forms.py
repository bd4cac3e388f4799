"""Forms of one's own settings."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField

from core.accounts.rules import MAX_NAME, MAX_PASSWORD
from core.base.i18n import LOCALES
from portal.zones import zone_choices
from server.forms import Form, at_most, filled, lazy, options

LANGUAGES = {"en": "English"}
THEMES = [
    ("system", lazy("As the device")),
    ("light", lazy("Light")),
    ("dark", lazy("Dark")),
]


class PreferencesForm(Form):
    """Name, language, time zone, theme, single keys."""

    name = StringField(
        lazy("Name"), [filled(lazy("Write the name that colleagues should see.")), at_most(MAX_NAME)]
    )
    locale = SelectField(lazy("Language"), choices=options((code, LANGUAGES[code]) for code in LOCALES))
    time_zone = SelectField(lazy("Time zone"), choices=lambda: options(zone_choices()))
    theme = RadioField(lazy("Colours"), choices=options(THEMES))
    single_keys = BooleanField(lazy("Single-key shortcuts, such as J and K in lists"))


class PasswordForm(Form):
    """The current password and a new one."""

    current_password = PasswordField(
        lazy("Current password"), [filled(lazy("Enter your current password.")), at_most(MAX_PASSWORD)]
    )
    new_password = PasswordField(
        lazy("New password"), [filled(lazy("Enter a new password.")), at_most(MAX_PASSWORD)]
    )
