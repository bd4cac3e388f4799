"""What the form shows besides its fields: the list of what to mend, and the page that candidates would read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import FieldList, FormField

from core.assessments.rules.body import Body
from core.assessments.rules.manifests import NEVER_RECORDED
from evidence.manifest import ALWAYS_SENTENCES, Disclosure
from interviewer.assessments.forms import AssessmentForm
from interviewer.assessments.tasks import TaskChoice
from interviewer.words import language_name


@dataclass(frozen=True)
class Summary:
    """Everything to mend: (id of the field or part, or "", and what is wrong)."""

    lines: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, form: AssessmentForm) -> Summary:
        """The faults of all fields, nested ones too, and those of the form as a whole."""
        fields = [(field.id, str(text)) for field in leaves(form) for text in field.errors]
        parts = [(part, text) for part, texts in form.part_errors.items() for text in texts]
        return cls((*(("", str(text)) for text in form.form_errors), *parts, *fields))


def leaves(form: Any) -> Iterator[Any]:
    """All fields that hold a value, those of lists too."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                yield from leaves(entry.form)
        elif isinstance(field, FormField):
            yield from leaves(field.form)
        else:
            yield field


def fields_are_readable(form: AssessmentForm) -> bool:
    """Whether numbers are numbers, moments are moments and choices are choices; errors stand at the fields."""
    form.validate()
    return not any(field.errors for field in leaves(form))


@dataclass(frozen=True)
class Preview:
    """The draft in the words that candidates read. ``languages`` are those of all chosen tasks, each once."""

    body: Body
    titles: tuple[str, ...]
    languages: tuple[str, ...]
    disclosures: tuple[Disclosure, ...]
    always: tuple[str, ...]
    never: tuple[str, ...]
    keep_days: int


def preview_of(body: Body, choices: Sequence[TaskChoice]) -> Preview:
    """What a candidate would read; the sentences about the record are those of the evidence format."""
    chosen = [choice for choice in choices if choice.chosen]
    names = [language_name(name) for task in body.tasks for name in task.languages]
    return Preview(
        body=body,
        titles=tuple(choice.offer.version.pack.title for choice in chosen),
        languages=tuple(dict.fromkeys(names)),
        disclosures=tuple(body.manifest.disclosures()),
        always=tuple(ALWAYS_SENTENCES.values()),
        never=NEVER_RECORDED,
        keep_days=max((entry.keep_days for entry in body.manifest.kinds), default=0),
    )
