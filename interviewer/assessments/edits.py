"""The buttons of the form that change the form itself: they work without a script, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence

from core.assessments.rules import bounds
from core.assessments.rules.rubrics import TEMPLATES
from interviewer.assessments.forms import AssessmentForm
from interviewer.assessments.tasks import TaskChoice


def apply_edit(form: AssessmentForm, choices: Sequence[TaskChoice], do: str) -> bool:
    """Change the form as the button ``do`` asks; False for "save", which is no change of the form."""
    deed, _, number = do.partition("-")
    place = int(number) if number.isdecimal() and len(number) < 4 else -1
    if deed == "preview":
        return True
    if deed == "template":
        chosen = form.template.data
        if chosen in TEMPLATES:
            form.fill_rubric(chosen)
        return True
    if deed == "adddimension":
        if len(form.dimensions) < bounds.MAX_DIMENSIONS:
            form.dimensions.append_entry()
        return True
    if deed == "dropdimension":
        _drop(form.dimensions, place)
        return True
    return _edit_questions(form, choices, deed, place)


def _edit_questions(form: AssessmentForm, choices: Sequence[TaskChoice], deed: str, place: int) -> bool:
    if deed == "addquestion":
        _add_question(form, "")
    elif deed == "dropquestion":
        _drop(form.questions, place)
    elif deed == "packquestions":
        asked = {entry.text.data for entry in form.questions}
        for choice in choices:
            for text in choice.offer.version.manifest["questions"] if choice.chosen else ():
                if text not in asked:
                    _add_question(form, text)
    else:
        return False
    return True


def _add_question(form: AssessmentForm, text: str) -> None:
    if len(form.questions) < bounds.MAX_FOLLOW_UPS:
        form.questions.append_entry({"text": text, "required": False})


def _drop(entries: object, place: int) -> None:
    """Take a line out; the others keep their names, which is all that the next post needs."""
    lines: list[object] = entries.entries  # type: ignore[attr-defined]
    if 0 <= place < len(lines):
        del lines[place]
