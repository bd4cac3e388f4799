"""What a recruiter must still mend in a draft before it can be used: field by field, each with its cure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from core.assessments.rules import bounds
from core.assessments.rules.addresses import address_fault
from core.assessments.rules.body import Body, Dimension, FollowUp, Rubric, Task
from core.assessments.rules.manifests import NEEDED_KINDS
from core.base.errors import N_, FieldError
from evidence.kinds import KINDS

_CONTROLS = {chr(code) for code in (*range(32), 127)} - {"\n", "\t", "\r"}


@dataclass(frozen=True, slots=True)
class Offered:
    """A pack version that may be used: its title and the languages in which it is proven now."""

    title: str
    languages: tuple[str, ...]


class Faults:
    """Collects what is wrong, by field name (the path in the body's JSON)."""

    def __init__(self) -> None:
        self.fields: dict[str, list[FieldError]] = {}

    def add(self, name: str, text: str, **params: object) -> None:
        """One more fault of a field."""
        self.fields.setdefault(name, []).append(FieldError(text, params))

    def text(self, name: str, value: str, longest: int, *, needed: str = "") -> None:
        """A text within its bound; ``needed`` is what to say when it is empty."""
        if needed and not value.strip():
            self.add(name, needed)
        if len(value) > longest:
            self.add(
                name,
                N_("This has %(length)s characters; shorten it to %(most)s."),
                length=len(value),
                most=longest,
            )
        if not _CONTROLS.isdisjoint(value):
            self.add(name, N_("This holds control characters. Type it again or paste it as plain text."))


def validate_body(body: Body, offered: Mapping[uuid.UUID, Offered]) -> dict[str, list[FieldError]]:
    """The faults of a draft by field name; empty when it may be stored. ``offered`` are the proven pack versions."""
    faults = Faults()
    faults.text("role_title", body.role_title, bounds.ROLE_TITLE, needed=N_("Name the role that you hire for."))
    faults.text("intro", body.intro, bounds.INTRO)
    _tasks(faults, body.tasks, offered)
    _rubric(faults, body.rubric)
    _time(faults, body)
    faults.text(
        "ai_policy.text",
        body.ai_policy.text,
        bounds.AI_TEXT,
        needed=N_("Say in a sentence which AI tools may be used and how."),
    )
    _manifest(faults, body)
    _follow_ups(faults, body.follow_ups)
    _contact(faults, body)
    return faults.fields


def title_faults(title: str) -> dict[str, list[FieldError]]:
    """The faults of an assessment's title, which stands beside its body."""
    faults = Faults()
    faults.text("title", title, bounds.TITLE, needed=N_("Give the assessment a title."))
    if any(sign in title for sign in "\r\n\t"):
        faults.add("title", N_("Write the title in one line."))
    return faults.fields


def _tasks(faults: Faults, tasks: tuple[Task, ...], offered: Mapping[uuid.UUID, Offered]) -> None:
    if not tasks:
        faults.add("tasks", N_("Choose at least one task."))
    if len(tasks) > bounds.MAX_TASKS:
        faults.add("tasks", N_("Choose at most %(most)s tasks."), most=bounds.MAX_TASKS)
    if len({task.pack_version for task in tasks}) < len(tasks):
        faults.add("tasks", N_("A task is chosen twice; keep it once."))
    for task in tasks:
        pack = offered.get(task.pack_version)
        if pack is None:
            faults.add(
                "tasks", N_("A chosen task is not offered any more, or not proven yet. Choose another one.")
            )
            continue
        if not task.languages:
            faults.add("tasks", N_("Choose at least one language for “%(title)s”."), title=pack.title)
        if len(set(task.languages)) < len(task.languages):
            faults.add("tasks", N_("A language stands twice at “%(title)s”; keep it once."), title=pack.title)
        for language in task.languages:
            if language not in pack.languages:
                faults.add(
                    "tasks",
                    N_("“%(title)s” is not proven in %(language)s. Leave that language out."),
                    title=pack.title,
                    language=language[: bounds.KEY],
                )


def _rubric(faults: Faults, rubric: Rubric) -> None:
    count = len(rubric.dimensions)
    if not bounds.MIN_DIMENSIONS <= count <= bounds.MAX_DIMENSIONS:
        faults.add("rubric", N_("Use one to %(most)s dimensions."), most=bounds.MAX_DIMENSIONS)
    total = sum(dimension.weight for dimension in rubric.dimensions)
    if total != 100:
        faults.add("rubric", N_("The weights add up to %(total)s; change them so that they make 100."), total=total)
    if len({dimension.key for dimension in rubric.dimensions}) < count:
        faults.add("rubric", N_("Two dimensions share a key; remove one and add it again."))
    titles = [dimension.title.strip().casefold() for dimension in rubric.dimensions]
    for number, dimension in enumerate(rubric.dimensions):
        name = f"rubric.dimensions.{number}"
        _dimension(faults, name, dimension)
        if titles[number] and titles.index(titles[number]) < number:
            faults.add(f"{name}.title", N_("This title stands twice; give each dimension its own."))


def _dimension(faults: Faults, name: str, dimension: Dimension) -> None:
    faults.text(
        f"{name}.title", dimension.title, bounds.DIMENSION_TITLE, needed=N_("Name this dimension or remove it.")
    )
    if not 1 <= dimension.weight <= 100:
        faults.add(f"{name}.weight", N_("Give a whole weight from 1 to 100, or remove the dimension."))
    if len(dimension.anchors) != 5:
        faults.add(f"{name}.anchors", N_("Describe all five levels."))
    for level, anchor in enumerate(dimension.anchors, 1):
        faults.text(
            f"{name}.anchors.{level}",
            anchor,
            bounds.ANCHOR,
            needed=N_("Say what this level looks like, so that two people rate alike."),
        )


def _time(faults: Faults, body: Body) -> None:
    if not bounds.MIN_MINUTES <= body.time.limit_minutes <= bounds.MAX_MINUTES:
        faults.add(
            "time.limit_minutes",
            N_("Give a whole number of minutes from %(least)s to %(most)s."),
            least=bounds.MIN_MINUTES,
            most=bounds.MAX_MINUTES,
        )
    opens, closes = body.window.opens_at, body.window.closes_at
    if opens and closes and opens >= closes:
        faults.add("window.closes_at", N_("The end lies before the beginning. Choose a later end."))


def _manifest(faults: Faults, body: Body) -> None:
    kinds = [entry.kind for entry in body.manifest.kinds]
    if len(set(kinds)) < len(kinds):
        faults.add("manifest", N_("A kind of event is declared twice; keep it once."))
    missing = [kind for kind in NEEDED_KINDS if kind not in kinds]
    if missing:
        faults.add("manifest", N_("These belong to every record: %(kinds)s."), kinds=", ".join(missing))
    for number, entry in enumerate(body.manifest.kinds):
        name = f"manifest.kinds.{number}"
        if not KINDS[entry.kind].declared:
            text = N_("“%(kind)s” is recorded in any case. Leave it out of the list.")
            faults.add(name, text, kind=entry.kind.value)
        needed = N_("Say why this is recorded, or leave it out.")
        faults.text(f"{name}.why", entry.why, bounds.WHY, needed=needed)
        if not bounds.MIN_KEEP_DAYS <= entry.keep_days <= bounds.MAX_KEEP_DAYS:
            text = N_("Keep records for %(least)s to %(most)s days.")
            faults.add(f"{name}.keep_days", text, least=bounds.MIN_KEEP_DAYS, most=bounds.MAX_KEEP_DAYS)


def _follow_ups(faults: Faults, questions: tuple[FollowUp, ...]) -> None:
    if len(questions) > bounds.MAX_FOLLOW_UPS:
        faults.add("follow_ups", N_("Ask at most %(most)s questions."), most=bounds.MAX_FOLLOW_UPS)
    if len({question.key for question in questions}) < len(questions):
        faults.add("follow_ups", N_("Two questions share a key; remove one and add it again."))
    for number, question in enumerate(questions):
        name = f"follow_ups.{number}.text"
        faults.text(name, question.text, bounds.QUESTION, needed=N_("Write the question or remove it."))


def _contact(faults: Faults, body: Body) -> None:
    faults.text("contact.name", body.contact.name, bounds.NAME, needed=N_("Say whom candidates can ask."))
    fault = address_fault(body.contact.email)
    if fault:
        faults.add("contact.email", fault)
