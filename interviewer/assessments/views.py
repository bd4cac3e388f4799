"""The list of assessments, and the form that makes and changes one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.models import Role
from core.assessments.access import access_assessment
from core.assessments.actions.content import change_assessment, check_draft, create_assessment
from core.assessments.models import AssessmentVersion
from core.assessments.queries.offers import offered_packs
from core.assessments.rules.body import Body, body_from_json
from core.assessments.rules.manifests import OPTIONAL_KINDS
from core.base.errors import Conflict, Invalid
from core.review.queries.assessments import count_archived, list_assessments
from interviewer.assessments.drafts import draft_of, form_of, new_form, show_faults
from interviewer.assessments.edits import apply_edit
from interviewer.assessments.forms import AssessmentForm
from interviewer.assessments.showing import Summary, fields_are_readable, preview_of
from interviewer.assessments.tasks import TaskChoice, choices_from, choices_typed, tasks_of
from server.i18n import _
from server.pages import page
from server.request import actor, now, signed_in, staff, uow

assessments = Blueprint("assessments", __name__, url_prefix="/team/assessments")
READERS = (Role.RECRUITER, Role.INTERVIEWER)
PART_OF = {
    "preview": "preview", "template": "rubric", "adddimension": "rubric", "dropdimension": "rubric",
    "addquestion": "questions", "dropquestion": "questions", "packquestions": "questions",
}  # fmt: skip


@dataclass(frozen=True)
class Editing:
    """Which assessment is being changed, and from which version."""

    uuid: uuid.UUID
    title: str
    number: int


@assessments.get("")
@staff(*READERS)
def index() -> Response:
    """All assessments, newest first, with how far their people are."""
    archived = request.args.get("archived") == "1"
    after = request.args.get("after", "")
    organisation_id = actor().organisation_id
    return page(
        "assessments/list.html",
        lines=list_assessments(uow(), organisation_id, archived=archived, after=after),
        archived=archived,
        archived_count=count_archived(uow(), organisation_id),
        can_manage=actor().may(Role.RECRUITER),
        after=after,
    )


@assessments.get("/new")
@staff(Role.RECRUITER)
def new() -> Response:
    """The form of a new assessment; ``?pack=<uuid of a version>`` chooses that task."""
    person = signed_in()
    offers = offered_packs(uow(), actor().organisation_id)
    wanted = request.args.get("pack", "")
    choices = choices_from(offers, [])
    chosen = [TaskChoice(c.offer, c.key == wanted, c.chosen_languages) for c in choices]
    return _show(new_form(actor(), person.email if person else ""), chosen, None)


@assessments.post("/new")
@staff(Role.RECRUITER)
def create() -> Response:
    """Make the assessment, or change the form as one of its buttons asks, or say what is missing."""
    form, choices = _typed()
    do = request.form.get("do", "save")
    if apply_edit(form, choices, do):
        return _show(form, choices, None, changed=do)
    if not _good(form, _draft(form, choices)):
        return _show(form, choices, None, status=422)
    made = create_assessment(uow(), actor(), form.title.data or "", _draft(form, choices), now())
    flash(_("Created. Now invite people, or open a code to share."), "good")
    return redirect(f"/team/assessments/{made.uuid}/invitations")


@assessments.get("/<uuid:assessment_uuid>/edit")
@staff(Role.RECRUITER)
def edit(assessment_uuid: uuid.UUID) -> Response:
    """The form with the current version."""
    editing, body = _current(assessment_uuid)
    offers = offered_packs(uow(), actor().organisation_id, [task.pack_version for task in body.tasks])
    form = form_of(editing.title, body, editing.number)
    return _show(form, choices_from(offers, body.tasks), editing)


@assessments.post("/<uuid:assessment_uuid>/edit")
@staff(Role.RECRUITER)
def change(assessment_uuid: uuid.UUID) -> Response:
    """Store a new version. When somebody was faster, what was typed stays in the form, with a way on."""
    editing, body = _current(assessment_uuid)
    form, choices = _typed([task.pack_version for task in body.tasks])
    do = request.form.get("do", "save")
    if apply_edit(form, choices, do):
        return _show(form, choices, editing, changed=do)
    draft = _draft(form, choices)
    if not _good(form, draft, body):
        return _show(form, choices, editing, status=422)
    based_on = int(form.based_on.data) if (form.based_on.data or "").isdecimal() else 0
    try:
        version = change_assessment(uow(), actor(), assessment_uuid, form.title.data or "", draft, based_on, now())
    except Conflict:
        form.based_on.data, form.based_on.raw_data = str(editing.number), None
        return _show(form, choices, editing, status=409, outrun=True)
    flash(_("Saved as version %(number)s. Work that has begun keeps the version it began with.", number=version.number), "good")
    return redirect(f"/team/assessments/{assessment_uuid}")


@assessments.post("/preview")
@staff(Role.RECRUITER)
def preview() -> Response:
    """What a candidate would read of the form as it is now; asked by the page while somebody types."""
    form, choices = _typed()
    return page("assessments/preview.html", preview=preview_of(_draft(form, choices), choices))


def _good(form: AssessmentForm, draft: Body, used: Body | None = None) -> bool:
    """Whether nothing is wrong with what was typed; what is, stands at its fields afterwards."""
    readable = fields_are_readable(form)
    try:
        check_draft(uow(), actor(), form.title.data or "", draft, now(), used)
    except Invalid as error:
        show_faults(form, error)
        return False
    return readable


def _typed(also: list[uuid.UUID] | None = None) -> tuple[AssessmentForm, list[TaskChoice]]:
    form = AssessmentForm()
    offers = offered_packs(uow(), actor().organisation_id, also or _uuids(request.form.getlist("offered")))
    return form, choices_typed(offers, request.form)


def _uuids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts[:200]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _draft(form: AssessmentForm, choices: list[TaskChoice]) -> Body:
    return draft_of(form, tasks_of(choices, request.form))


def _current(assessment_uuid: uuid.UUID) -> tuple[Editing, Body]:
    assessment = access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    version = uow().get_one(AssessmentVersion, assessment.current_version_id)
    return Editing(assessment.uuid, assessment.title, version.number), body_from_json(version.body)


def _show(
    form: AssessmentForm,
    choices: list[TaskChoice],
    editing: Editing | None,
    *,
    status: int = 200,
    outrun: bool = False,
    changed: str = "",
) -> Response:
    """The form page. ``changed`` is the button that changed the form: the reader is led to its part."""
    draft = draft_of(form, tasks_of(choices))
    return page(
        "assessments/form.html",
        status,
        form=form,
        choices=choices,
        editing=editing,
        outrun=outrun,
        summary=Summary.of(form),
        optional_kinds=[kind.value for kind in OPTIONAL_KINDS],
        preview=preview_of(draft, choices),
        changed=PART_OF.get(changed.partition("-")[0], ""),
    )
