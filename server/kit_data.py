"""What the kit page shows: forms, filled and refused, and the values of its charts. Used in development and tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from wtforms import BooleanField, Form, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from server.charts import Lane, Moment, Span
from server.code import Diff, compare

SOURCE = '''def send(transfer, gateway, ledger):
    """Sends one payout, at most once."""
    for attempt in range(1, 6):
        if ledger.settled(transfer.id):  # nothing to do
            return None
'''
CHANGED = SOURCE.replace("range(1, 6)", "range(1, LIMIT + 1)").replace("  # nothing to do", "")


class KitForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """One field of each kind."""

    text = StringField("Label", [InputRequired("Write a label.")])
    area = TextAreaField(
        "What would you like to say?", [Length(min=10, message="Write at least a sentence.")]
    )
    select = SelectField(
        "Role", choices=[SelectChoice("backend", "Backend Developer"), SelectChoice("data", "Data Analyst")]
    )
    tick = BooleanField("I agree to the recording described here", [InputRequired("Tick this to go on.")])
    one_of = RadioField(
        "Time limit",
        choices=[SelectChoice("hard", "Stops at the limit"), SelectChoice("soft", "May run over")],
    )
    secret = PasswordField("Password", [Length(min=12, message="Use at least 12 characters.")])


def _filled() -> KitForm:
    values = {
        "text": "Filled",
        "area": "A sentence or two.",
        "select": "data",
        "tick": True,
        "one_of": "soft",
    }
    return KitForm(data=values, prefix="filled-")


def _failed() -> KitForm:
    form = KitForm(data={"text": "", "area": "short", "select": "none", "one_of": "never"}, prefix="failed-")
    form.validate()
    return form


def _lanes() -> list[Lane]:
    edits = [Span(at, 90, "Edits in worker.py", "brand") for at in (60, 300, 700, 1500, 2600)]
    runs = [
        Moment(480, "1 of 7 pass", "bad"),
        Moment(1700, "5 of 7 pass", "bad"),
        Moment(3100, "7 of 7", "good"),
    ]
    return [Lane("Edits", edits), Lane("Runs", runs), Lane("Away", [Span(2000, 74, "Away for 74 s", "warn")])]


@dataclass(frozen=True)
class KitData:
    """The context of kit.html, as `kit`."""

    form: KitForm = field(default_factory=_filled)
    failed: KitForm = field(default_factory=_failed)
    lanes: list[Lane] = field(default_factory=_lanes)
    diff: Diff = field(default_factory=lambda: compare(SOURCE, CHANGED))
    source: str = SOURCE
    scores: tuple[float, ...] = (
        2.1,
        3.4,
        4.2,
        4.4,
        5.0,
        5.1,
        5.3,
        5.8,
        6.1,
        6.2,
        6.3,
        6.8,
        7.0,
        7.26,
        7.4,
        8.1,
        8.9,
    )
