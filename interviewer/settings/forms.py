"""Forms about the organisation."""

from __future__ import annotations

from wtforms import StringField

from core.accounts.rules import MAX_NAME
from server.forms import Form, at_most, filled, lazy


class OrganisationForm(Form):
    """Its name."""

    name = StringField(
        lazy("Name"), [filled(lazy("Write the name of your organisation.")), at_most(MAX_NAME)]
    )
