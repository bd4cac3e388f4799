"""The ranked table and what is done on it. Every table request costs the same number of queries at any size."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.models import Role
from core.assessments.access import access_assessment, access_attempt
from core.assessments.models import Assessment, Attempt, AttemptState
from core.base.errors import N_, Invalid, NotFound
from core.base.paging import Page
from core.grading.actions import regrade
from core.review.actions import Deed, add_note, decide, record_opening, undo
from core.review.models import Choice
from core.review.queries.rows import Row, count_by_choice, list_rows
from core.review.rules.deciding import Skip
from core.review.rules.table import Ask, ask_values, read_ask
from interviewer.submissions.csv_export import csv_response
from interviewer.submissions.detail import detail_values, panel_values
from interviewer.submissions.links import Links
from server.i18n import _, ngettext
from server.pages import page
from server.request import actor, now, staff, uow, wants_fragment

submissions = Blueprint("submissions", __name__, url_prefix="/team")
READERS = (Role.RECRUITER, Role.INTERVIEWER)


@submissions.get("/assessments/<uuid:assessment_uuid>/submissions")
@staff(*READERS)
def table(assessment_uuid: uuid.UUID) -> Response:
    """The ranked table; htmx gets the region alone."""
    assessment = access_assessment(uow(), actor(), assessment_uuid)
    return _table(assessment)


@submissions.get("/assessments/<uuid:assessment_uuid>/submissions.csv")
@staff(Role.RECRUITER)
def export(assessment_uuid: uuid.UUID) -> Response:
    """Every row of the filter as CSV."""
    assessment = access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    return csv_response(assessment.id, assessment.display_code, actor().person_id, read_ask(request.args))


@submissions.post("/assessments/<uuid:assessment_uuid>/decide")
@staff(Role.RECRUITER)
def decide_many(assessment_uuid: uuid.UUID) -> Response:
    """Decide upon the selected rows, then show the table again where it was."""
    assessment = access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    try:
        deed = _decide(_uuids(request.form.getlist("attempt")))
    except Invalid as error:
        return _table(assessment, refused=error)
    return _after(assessment, deed)


@submissions.post("/assessments/<uuid:assessment_uuid>/undo")
@staff(Role.RECRUITER)
def undo_deed(assessment_uuid: uuid.UUID) -> Response:
    """Take a decision back within its ten seconds."""
    assessment = access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    count = undo(uow(), actor(), _uuids([request.form.get("deed", "")])[0], now())
    text = ngettext("One decision taken back.", "%(num)d decisions taken back.", count)
    if wants_fragment():
        return _table(assessment, told=text)
    flash(text, "good")
    return _again(assessment)


@submissions.get("/submissions/<uuid:attempt_uuid>/peek")
@staff(*READERS)
def peek(attempt_uuid: uuid.UUID) -> Response:
    """The panel beside the table. Showing it counts as having opened the submission."""
    attempt = _finished(attempt_uuid)
    record_opening(uow(), actor(), attempt, now())
    return page(
        "submissions/panel.html", may_decide=actor().may(Role.RECRUITER), **panel_values(uow(), attempt)
    )


@submissions.get("/submissions/<uuid:attempt_uuid>")
@staff(*READERS)
def detail(attempt_uuid: uuid.UUID) -> Response:
    """One submission, whole."""
    attempt = _finished(attempt_uuid)
    record_opening(uow(), actor(), attempt, now())
    return _detail(attempt)


@submissions.post("/submissions/<uuid:attempt_uuid>/decide")
@staff(Role.RECRUITER)
def decide_one(attempt_uuid: uuid.UUID) -> Response:
    """Decide on a submission's own page."""
    attempt = _finished(attempt_uuid)
    try:
        deed = _decide([attempt_uuid])
    except Invalid as error:
        return _detail(attempt, refused=error)
    _tell(deed)
    return redirect(f"/team/submissions/{attempt_uuid}")


@submissions.post("/submissions/<uuid:attempt_uuid>/notes")
@staff(*READERS)
def note(attempt_uuid: uuid.UUID) -> Response:
    """Keep a note."""
    attempt = _finished(attempt_uuid)
    try:
        add_note(uow(), actor(), attempt, request.form.get("text", ""), now())
    except Invalid as error:
        return _detail(attempt, refused=error)
    return redirect(f"/team/submissions/{attempt_uuid}#notes")


@submissions.post("/submissions/<uuid:attempt_uuid>/regrade")
@staff(Role.RECRUITER)
def grade_again(attempt_uuid: uuid.UUID) -> Response:
    """Run the hidden tests once more, for instance after a sandbox error."""
    attempt = _finished(attempt_uuid)
    try:
        regrade(uow(), actor(), attempt, request.form.get("reason", ""), now())
    except Invalid as error:
        return _detail(attempt, refused=error)
    flash(_("The hidden tests run again. The row changes when they are through."), "good")
    return redirect(f"/team/submissions/{attempt_uuid}")


def _finished(attempt_uuid: uuid.UUID) -> Attempt:
    attempt = access_attempt(uow(), actor(), attempt_uuid)
    if attempt.state == AttemptState.WORKING:
        raise NotFound
    return attempt


def _decide(chosen: list[uuid.UUID]) -> Deed:
    wanted = request.form.get("choice", "")
    if wanted not in {choice.value for choice in Choice}:
        raise Invalid.one("choice", N_("Choose Advance, Maybe or Reject."))
    return decide(uow(), actor(), chosen, Choice(wanted), request.form.get("reason", ""), now())


def _uuids(values: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(value) for value in values]
    except ValueError:
        raise Invalid.one("selection", N_("The selection is damaged. Load the page again.")) from None


def _after(assessment: Assessment, deed: Deed) -> Response:
    if wants_fragment():
        return _table(assessment, deed=deed)
    _tell(deed)
    return _again(assessment)


def _again(assessment: Assessment) -> Response:
    return redirect(Links(assessment.uuid, read_ask(request.args)).here)


def _tell(deed: Deed) -> None:
    flash(said(deed), "good" if deed.changed else "warn")


def said(deed: Deed) -> str:
    """What a decision did, in the words of its button, with the names of those it skipped."""
    texts = {
        "advance": lambda n: ngettext("One advanced.", "%(num)d advanced.", n),
        "maybe": lambda n: ngettext("One kept as maybe.", "%(num)d kept as maybe.", n),
        "reject": lambda n: ngettext("One not advanced.", "%(num)d not advanced.", n),
    }
    parts = [texts[deed.choice](deed.changed)] if deed.changed else [_("Nothing changed.")]
    unopened = [name for name, why in deed.skipped if why is Skip.UNOPENED]
    if unopened:
        parts.append(_("Skipped, because you have not opened them: %(names)s.", names=", ".join(unopened)))
    return " ".join(parts)


def _table(
    assessment: Assessment, deed: Deed | None = None, refused: Invalid | None = None, told: str = ""
) -> Response:
    ask, rows, faults = _asked(assessment)
    problems = _words(faults) | _words(refused)
    template = "submissions/region.html" if wants_fragment() else "submissions/table.html"
    return page(
        template,
        status=422 if problems else 200,
        assessment=assessment,
        ask=ask,
        asked=ask_values(ask),
        rows=rows.rows,
        counts=count_by_choice(uow(), assessment.id),
        links=Links(assessment.uuid, ask, rows.next_cursor),
        problems=problems,
        deed=deed,
        told=said(deed) if deed else told,
        may_decide=actor().may(Role.RECRUITER),
    )


def _asked(assessment: Assessment) -> tuple[Ask, Page[Row], Invalid | None]:
    """What was asked for and its rows; a question that makes no sense shows the plain table and says why."""
    try:
        ask = read_ask(request.args)
        return ask, list_rows(uow(), assessment.id, actor().person_id, ask), None
    except Invalid as error:
        return Ask(), list_rows(uow(), assessment.id, actor().person_id, Ask()), error


def _words(error: Invalid | None) -> dict[str, list[str]]:
    """The texts of a refusal by field, translated."""
    fields = {} if error is None else error.fields
    return {name: [_(each.text, **each.params) for each in found] for name, found in fields.items()}


def _detail(attempt: Attempt, refused: Invalid | None = None) -> Response:
    problems = _words(refused)
    return page(
        "submissions/detail.html",
        status=422 if problems else 200,
        problems=problems,
        typed=request.form if refused is not None else {},
        may_decide=actor().may(Role.RECRUITER),
        **detail_values(uow(), attempt),
    )
