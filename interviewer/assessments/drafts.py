"""Between the form and the body: what is stored is filled into fields, what is typed becomes a draft."""

from __future__ import annotations

import re
import secrets
from typing import Any

from core.accounts.actor import Actor
from core.assessments.rules.body import (
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
from core.assessments.rules.manifests import DEFAULT_KEEP_DAYS, OPTIONAL_KINDS, make_manifest
from core.assessments.rules.rubrics import REAL_WORK, TEMPLATES
from core.base.errors import Invalid
from evidence.manifest import DEFAULT_WHY
from interviewer.assessments.forms import ANCHORS, OWN, AssessmentForm
from server.i18n import gettext as _

_KEY = re.compile(r"[a-z0-9_]{1,40}")
# The part of the page (its heading's id) for what concerns no single field.
_PARTS = {"tasks": "tasks", "rubric": "rubric", "manifest": "record", "follow_ups": "questions"}
_PLACES = {
    "time.limit_minutes": "limit_minutes",
    "window.opens_at": "opens_at",
    "window.closes_at": "closes_at",
    "ai_policy.text": "ai_text",
    "contact.name": "contact_name",
    "contact.email": "contact_email",
}


def new_form(actor: Actor, email: str) -> AssessmentForm:
    """The form of a new assessment, with everything filled in that has a sensible beginning."""
    form = AssessmentForm(
        formdata=None,
        limit_minutes=60,
        policy=TimePolicy.OVERTIME.value,
        ai_mode=AiMode.PERMITTED.value,
        ai_text=_("Use the tools that you would use at work. You answer for what you hand in, whoever wrote it."),
        keep_days=DEFAULT_KEEP_DAYS,
        share_level=ShareLevel.OVERALL.value,
        contact_name=actor.name,
        contact_email=email,
        questions=[
            {"key": "decision", "text": _("Which decision in your work would you defend first, and why?"), "required": True},
            {"key": "next", "text": _("What would you do next, or watch after shipping?"), "required": False},
        ],
        **{f"record_{kind.value}": True for kind in OPTIONAL_KINDS},
        **{f"why_{kind.value}": _(DEFAULT_WHY[kind]) for kind in OPTIONAL_KINDS},
    )  # fmt: skip
    form.fill_rubric(REAL_WORK.template)
    return form


def form_of(title: str, body: Body, number: int) -> AssessmentForm:
    """The form filled with a stored version."""
    why = {entry.kind: entry.why for entry in body.manifest.kinds}
    keep = max((entry.keep_days for entry in body.manifest.kinds), default=DEFAULT_KEEP_DAYS)
    return AssessmentForm(
        formdata=None,
        based_on=str(number),
        title=title,
        role_title=body.role_title,
        intro=body.intro,
        limit_minutes=body.time.limit_minutes,
        policy=body.time.policy.value,
        opens_at=body.window.opens_at,
        closes_at=body.window.closes_at,
        ai_mode=body.ai_policy.mode.value,
        ai_text=body.ai_policy.text,
        keep_days=keep,
        share_level=body.share_level.value,
        contact_name=body.contact.name,
        contact_email=body.contact.email,
        template=body.rubric.template or OWN,
        rubric_template=body.rubric.template,
        dimensions=[_dimension_data(dimension) for dimension in body.rubric.dimensions],
        questions=[{"key": q.key, "text": q.text, "required": q.required} for q in body.follow_ups],
        **{f"record_{kind.value}": kind in why for kind in OPTIONAL_KINDS},
        **{f"why_{kind.value}": why.get(kind, _(DEFAULT_WHY[kind])) for kind in OPTIONAL_KINDS},
    )


def _dimension_data(dimension: Dimension) -> dict[str, Any]:
    anchors = dict(zip(ANCHORS, dimension.anchors, strict=True))
    return {"key": dimension.key, "title": dimension.title, "weight": dimension.weight, **anchors}


def draft_of(form: AssessmentForm, tasks: tuple[Task, ...]) -> Body:
    """What is typed as a body; numbers that are missing or no numbers become 0, which no rule accepts."""
    chosen = [kind for kind in OPTIONAL_KINDS if form[f"record_{kind.value}"].data]
    why = {kind: form[f"why_{kind.value}"].data or "" for kind in chosen}
    return Body(
        tasks=tasks,
        rubric=_rubric(form),
        time=TimeRule(form.limit_minutes.data or 0, _word(TimePolicy, form.policy.data, TimePolicy.HARD_STOP)),
        window=Window(form.opens_at.data, form.closes_at.data),
        ai_policy=AiPolicy(_word(AiMode, form.ai_mode.data, AiMode.PERMITTED), form.ai_text.data or ""),
        manifest=make_manifest(chosen, form.keep_days.data or 0, {**_default_why(), **why}),
        follow_ups=tuple(
            FollowUp(_key(entry.key.data, "q"), entry.text.data, bool(entry.required.data))
            for entry in form.questions
            if entry.text.data
        ),
        share_level=_word(ShareLevel, form.share_level.data, ShareLevel.NONE),
        contact=Contact(form.contact_name.data or "", form.contact_email.data or ""),
        role_title=form.role_title.data or "",
        intro=form.intro.data or "",
    )


def _default_why() -> dict[Any, str]:
    return {kind: _(text) for kind, text in DEFAULT_WHY.items()}


def _rubric(form: AssessmentForm) -> Rubric:
    template = form.rubric_template.data or ""
    return Rubric(
        template if template in TEMPLATES else "",
        tuple(
            Dimension(
                _key(entry.key.data, "d"),
                entry.title.data or "",
                entry.weight.data or 0,
                tuple(entry[name].data or "" for name in ANCHORS),
            )
            for entry in form.dimensions
        ),
    )


def _key(typed: str | None, prefix: str) -> str:
    """The key that came with the line, or a new one."""
    return typed if typed and _KEY.fullmatch(typed) else f"{prefix}_{secrets.token_hex(4)}"


def _word(words: Any, typed: str | None, otherwise: Any) -> Any:
    return words(typed) if typed in set(words) else otherwise


def show_faults(form: AssessmentForm, faults: Invalid) -> None:
    """Put what core refused at the fields of the form; the paths of the body are translated to theirs."""
    asked = [number for number, entry in enumerate(form.questions) if entry.text.data]
    for path, errors in faults.fields.items():
        field = _field_at(form, path, asked)
        texts = [_(error.text, **error.params) for error in errors]
        if field is None:
            form.part_errors.setdefault(_PARTS.get(path.partition(".")[0], ""), []).extend(texts)
        else:
            # One sentence for a field that was no number is enough; "give a number" comes from WTForms already.
            field.errors = list(field.errors) or texts


def _field_at(form: AssessmentForm, path: str, asked: list[int]) -> Any:
    parts = path.split(".")
    if path in _PLACES:
        return form[_PLACES[path]]
    if parts[:2] == ["rubric", "dimensions"]:
        entry = form.dimensions[int(parts[2])].form
        return entry[f"anchor_{parts[4]}"] if len(parts) > 4 else getattr(entry, parts[3], entry.title)
    if parts[0] == "follow_ups" and len(parts) == 3:
        return form.questions[asked[int(parts[1])]].form.text
    if parts[:2] == ["manifest", "kinds"]:
        return form.keep_days if parts[-1] == "keep_days" else _why_at(form, int(parts[2]))
    return form[path] if path in form and path not in ("tasks", "rubric") else None


def _why_at(form: AssessmentForm, number: int) -> Any:
    chosen = [kind for kind in OPTIONAL_KINDS if form[f"record_{kind.value}"].data]
    kinds = [entry.kind for entry in make_manifest(chosen).kinds]
    return getattr(form, f"why_{kinds[number].value}", None)

