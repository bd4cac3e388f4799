"""An assessment's body: its parts (defined in ``parts.py``), and the same as JSON and back.

Reading is strict: a stored body that does not fit is refused with the path of what is wrong.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.assessments.rules import bounds
from core.assessments.rules.parts import (
    AiMode,
    AiPolicy,
    Body,
    Contact,
    Dimension,
    FollowUp,
    Rubric,
    ShareLevel,
    Task,
    TimePolicy,
    TimeRule,
    Window,
)
from core.assessments.rules.reading import Fields, plain_text, refuse
from evidence.manifest import BadManifest, Manifest, parse_manifest

__all__ = [
    "AiMode", "AiPolicy", "Body", "Contact", "Dimension", "FollowUp", "Rubric", "ShareLevel", "Task", "TimePolicy",
    "TimeRule", "Window", "body_from_json", "body_to_json",
]  # fmt: skip

LEVELS = ("1", "2", "3", "4", "5")
_PARTS = (
    "tasks", "rubric", "time", "window", "ai_policy", "manifest", "follow_ups", "share_level", "contact",
    "role_title", "intro",
)  # fmt: skip


def body_from_json(value: object) -> Body:
    """The body of a stored version. Raises Invalid naming the path of the first thing that does not fit."""
    fields = Fields(value, "", _PARTS)
    ai = Fields(fields.values["ai_policy"], "ai_policy", ("mode", "text"))
    contact = Fields(fields.values["contact"], "contact", ("name", "email"))
    return Body(
        tasks=fields.each("tasks", _task, bounds.MAX_TASKS),
        rubric=_rubric(fields.values["rubric"], "rubric"),
        time=_time(fields.values["time"], "time"),
        window=_window(fields.values["window"], "window"),
        ai_policy=AiPolicy(ai.word("mode", AiMode), ai.text("text", bounds.AI_TEXT)),
        manifest=_manifest(fields.values["manifest"], "manifest"),
        follow_ups=fields.each("follow_ups", _follow_up, bounds.MAX_FOLLOW_UPS),
        share_level=fields.word("share_level", ShareLevel),
        contact=Contact(contact.text("name", bounds.NAME), contact.text("email", bounds.EMAIL)),
        role_title=fields.text("role_title", bounds.ROLE_TITLE),
        intro=fields.text("intro", bounds.INTRO),
    )


def _task(value: object, path: str) -> Task:
    fields = Fields(value, path, ("pack_version", "languages"))
    languages = fields.each("languages", plain_text(bounds.KEY), bounds.MAX_LANGUAGES)
    return Task(fields.address("pack_version"), languages)


def _rubric(value: object, path: str) -> Rubric:
    fields = Fields(value, path, ("template", "dimensions"))
    dimensions = fields.each("dimensions", _dimension, bounds.MAX_DIMENSIONS)
    return Rubric(fields.text("template", bounds.KEY), dimensions)


def _dimension(value: object, path: str) -> Dimension:
    fields = Fields(value, path, ("key", "title", "weight", "anchors"))
    anchors = Fields(fields.values["anchors"], fields.at("anchors"), LEVELS)
    return Dimension(
        fields.text("key", bounds.KEY),
        fields.text("title", bounds.DIMENSION_TITLE),
        fields.whole("weight", 0, 100),
        tuple(anchors.text(level, bounds.ANCHOR) for level in LEVELS),
    )


def _time(value: object, path: str) -> TimeRule:
    fields = Fields(value, path, ("limit_minutes", "policy"))
    limit = fields.whole("limit_minutes", bounds.MIN_MINUTES, bounds.MAX_MINUTES)
    return TimeRule(limit, fields.word("policy", TimePolicy))


def _window(value: object, path: str) -> Window:
    fields = Fields(value, path, ("opens_at", "closes_at"))
    return Window(fields.moment("opens_at"), fields.moment("closes_at"))


def _manifest(value: object, path: str) -> Manifest:
    try:
        return parse_manifest(value)
    except BadManifest as bad:
        refuse(f"{path}.{bad.field}", bad.text)


def _follow_up(value: object, path: str) -> FollowUp:
    fields = Fields(value, path, ("key", "text", "required"))
    return FollowUp(
        fields.text("key", bounds.KEY), fields.text("text", bounds.QUESTION), fields.flag("required")
    )


def body_to_json(body: Body) -> dict[str, Any]:
    """What is stored in ``assessment_versions.body``; ``body_from_json`` gives the same body back."""
    return {
        "tasks": [{"pack_version": str(t.pack_version), "languages": list(t.languages)} for t in body.tasks],
        "rubric": {
            "template": body.rubric.template,
            "dimensions": [_dimension_json(dimension) for dimension in body.rubric.dimensions],
        },
        "time": {"limit_minutes": body.time.limit_minutes, "policy": body.time.policy.value},
        "window": {"opens_at": _moment(body.window.opens_at), "closes_at": _moment(body.window.closes_at)},
        "ai_policy": {"mode": body.ai_policy.mode.value, "text": body.ai_policy.text},
        "manifest": body.manifest.value(),
        "follow_ups": [{"key": f.key, "text": f.text, "required": f.required} for f in body.follow_ups],
        "share_level": body.share_level.value,
        "contact": {"name": body.contact.name, "email": body.contact.email},
        "role_title": body.role_title,
        "intro": body.intro,
    }


def _dimension_json(dimension: Dimension) -> dict[str, Any]:
    anchors = dict(zip(LEVELS, dimension.anchors, strict=True))
    return {
        "key": dimension.key,
        "title": dimension.title,
        "weight": dimension.weight,
        "anchors": anchors,
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(dt.UTC).isoformat()
