"""The tasks that a recruiter may choose from, with what is chosen now: proven packs in their proven languages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from core.assessments.queries.offers import PackOffer
from core.assessments.rules.body import Task
from interviewer.words import language_name


@dataclass(frozen=True)
class TaskChoice:
    """One pack as a line of the form. ``chosen_languages`` are all offered ones until somebody chooses."""

    offer: PackOffer
    chosen: bool
    chosen_languages: frozenset[str]

    @property
    def key(self) -> str:
        """The value of the box, and the end of its languages' name."""
        return str(self.offer.version.uuid)

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """(id, name, whether it is chosen) of each offered language."""
        return [(x, language_name(x), x in self.chosen_languages) for x in self.offer.languages]


def choices_from(offers: Mapping[uuid.UUID, PackOffer], tasks: Sequence[Task]) -> list[TaskChoice]:
    """The choices with ``tasks`` chosen, those first and in their order."""
    chosen = {task.pack_version: task for task in tasks if task.pack_version in offers}
    order = [*chosen, *(key for key in offers if key not in chosen)]
    return [
        TaskChoice(
            offers[key],
            key in chosen,
            frozenset(chosen[key].languages if key in chosen else offers[key].languages),
        )
        for key in order
    ]


def choices_typed(offers: Mapping[uuid.UUID, PackOffer], form: MultiDict[str, str]) -> list[TaskChoice]:
    """The choices as they were sent, in the order of the page they came from."""
    order = [key for key in map(_uuid, form.getlist("offered")) if key in offers]
    chosen = set(form.getlist("task"))
    listed = [*dict.fromkeys(order), *(key for key in offers if key not in order)]
    return [
        TaskChoice(offers[key], str(key) in chosen, frozenset(form.getlist(f"languages-{key}")))
        for key in listed
        if key is not None
    ]


def tasks_of(choices: Sequence[TaskChoice], form: MultiDict[str, str] | None = None) -> tuple[Task, ...]:
    """The chosen tasks as the body holds them; a chosen pack that is not offered any more stays, to be refused."""
    kept = [
        Task(choice.offer.version.uuid, tuple(x for x in choice.offer.languages if x in choice.chosen_languages))
        for choice in choices
        if choice.chosen
    ]
    known = {choice.key for choice in choices}
    gone = [key for value in (form.getlist("task") if form else ()) if value not in known and (key := _uuid(value))]
    return (*kept, *(Task(key, ()) for key in gone))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
