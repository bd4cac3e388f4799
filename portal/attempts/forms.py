"""The one field by which another device is let in."""

from __future__ import annotations

from wtforms import StringField

from server.forms import Form, at_most, filled, lazy


class ResumeForm(Form):
    """A resume code (eight letters and digits) or a mailed code (six digits)."""

    code = StringField(
        lazy("Code"), [filled(lazy("Enter your resume code, or the six digits of a mail.")), at_most(40)]
    )
