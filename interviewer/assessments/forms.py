"""The form of an assessment: everything a recruiter types, whatever state it is in, and the body it makes."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from core.assessments.rules import bounds
from core.assessments.rules.body import AiMode, ShareLevel, TimePolicy
from core.assessments.rules.manifests import OPTIONAL_KINDS
from core.assessments.rules.rubrics import TEMPLATES, TITLES
from evidence.kinds import Kind
from evidence.manifest import DEFAULT_WHY, SENTENCES
from interviewer.assessments.moments import MomentField
from server.forms import Form, lazy

OWN = "own"
ANCHORS = tuple(f"anchor_{level}" for level in range(1, 6))


class DimensionForm(Form):
    """One line of the rubric; ``key`` names it through all versions."""

    key = HiddenField()
    title = StringField(lazy("Dimension"))
    weight = IntegerField(lazy("Weight (%)"), [Optional()])
    anchor_1 = TextAreaField(lazy("Level 1"))
    anchor_2 = TextAreaField(lazy("Level 2"))
    anchor_3 = TextAreaField(lazy("Level 3"))
    anchor_4 = TextAreaField(lazy("Level 4"))
    anchor_5 = TextAreaField(lazy("Level 5"))

    def anchors(self) -> list[Any]:
        """The five fields, level 1 first."""
        return [self[name] for name in ANCHORS]


class QuestionForm(Form):
    """One follow-up question; an empty one is left out."""

    key = HiddenField()
    text = TextAreaField(lazy("Question"))
    required = BooleanField(lazy("Must be answered before submitting"))


class AssessmentForm(Form):
    """All of an assessment but its tasks, whose choices depend on what is proven (interviewer/assessments/tasks.py).

    Bounds and what belongs together are checked by core (``validate_body``); here only what is no number, no moment or
    no choice at all. ``based_on`` is the version that a change began with.
    """

    based_on = HiddenField()
    title = StringField(lazy("Title"), description=lazy("For your team."))
    role_title = StringField(lazy("Role"))
    intro = TextAreaField(lazy("Welcome"), description=lazy("A few sentences on what this is and why it is worth the time."))
    limit_minutes = IntegerField(lazy("Time limit in minutes"), [Optional()])
    policy = RadioField(
        lazy("When the time is up"),
        choices=[
            SelectChoice(TimePolicy.HARD_STOP.value, lazy("Work stops. What is saved is graded.")),
            SelectChoice(TimePolicy.OVERTIME.value, lazy("Work may go on for two hours, at a small deduction that grows.")),
        ],
    )
    opens_at = MomentField(lazy("Can be started from"))
    closes_at = MomentField(lazy("Can be started until"))
    ai_mode = RadioField(
        lazy("AI tools"),
        choices=[
            SelectChoice(AiMode.BANNED.value, lazy("Not allowed")),
            SelectChoice(AiMode.PERMITTED.value, lazy("Allowed, the candidate's own")),
            SelectChoice(AiMode.REQUIRED.value, lazy("Expected, the candidate's own")),
        ],
    )
    ai_text = TextAreaField(lazy("The rule in your words"))
    keep_days = IntegerField(lazy("Keep the record for, in days"), [Optional()])
    share_level = RadioField(
        lazy("What candidates see of their result"),
        choices=[
            SelectChoice(ShareLevel.NONE.value, lazy("Nothing but the decision")),
            SelectChoice(ShareLevel.OVERALL.value, lazy("The overall score")),
            SelectChoice(ShareLevel.BREAKDOWN.value, lazy("The score and its parts")),
            SelectChoice(ShareLevel.NOTES.value, lazy("The parts and the reviewers' notes")),
        ],
    )
    contact_name = StringField(lazy("Whom candidates ask"))
    contact_email = EmailField(lazy("Their e-mail address"))
    template = RadioField(
        lazy("Start from"),
        choices=[
            *(SelectChoice(name, lazy(title)) for name, title in TITLES.items()),
            SelectChoice(OWN, lazy("Your own")),
        ],
        validate_choice=False,
    )
    rubric_template = HiddenField()
    dimensions = FieldList(FormField(DimensionForm), max_entries=bounds.MAX_DIMENSIONS)
    questions = FieldList(FormField(QuestionForm), max_entries=bounds.MAX_FOLLOW_UPS)

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        self.part_errors: dict[str, list[str]] = {}  # What is wrong with a part as a whole, by the id of its heading.

    def fill_rubric(self, template: str) -> None:
        """Replace the dimensions by those of a shipped template, in the reader's language."""
        rubric = TEMPLATES[template]
        while len(self.dimensions):
            self.dimensions.pop_entry()
        for dimension in rubric.dimensions:
            anchors = {name: str(lazy(text)) for name, text in zip(ANCHORS, dimension.anchors, strict=True)}
            title = str(lazy(dimension.title))
            self.dimensions.append_entry({"key": dimension.key, "title": title, "weight": dimension.weight, **anchors})
        self.template.data = self.rubric_template.data = template


def _record_field(kind: Kind) -> BooleanField:
    return BooleanField(lazy(SENTENCES[kind]))


def _why_field(kind: Kind) -> StringField:
    return StringField(lazy("Why"), default=DEFAULT_WHY[kind])


# One box and one reason for each kind that may be left out; the evidence format says which there are.
for _kind in OPTIONAL_KINDS:
    setattr(AssessmentForm, f"record_{_kind.value}", _record_field(_kind))
    setattr(AssessmentForm, f"why_{_kind.value}", _why_field(_kind))
