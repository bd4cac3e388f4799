"""The page of one assessment: who was invited and how far they are, its shared code, and its end."""

from __future__ import annotations

import uuid

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.models import Role
from core.assessments.access import access_assessment
from core.assessments.actions.content import archive_assessment, restore_assessment
from core.assessments.actions.sharing import close_share_code, open_share_code
from core.assessments.models import Assessment, AssessmentVersion
from core.assessments.rules.arrangements import OFFERED
from core.assessments.rules.body import body_from_json
from core.base.errors import Conflict
from core.review.queries.status import Standing, count_standings, status_board
from interviewer.assessments.views import READERS, assessments
from server.i18n import _
from server.pages import page
from server.request import actor, links, now, staff, uow

MAX_SEARCH = 120


@assessments.get("/<uuid:assessment_uuid>")
@staff(*READERS)
def board(assessment_uuid: uuid.UUID) -> Response:
    """Everybody, newest first, by standing and by a part of their name or address."""
    assessment = access_assessment(uow(), actor(), assessment_uuid)
    version = uow().get_one(AssessmentVersion, assessment.current_version_id)
    chosen = request.args.get("standing", "")
    standing = Standing(chosen) if chosen in set(Standing) else None
    search = request.args.get("search", "").strip()[:MAX_SEARCH]
    after = request.args.get("after", "")
    return page(
        "assessments/board.html",
        assessment=assessment,
        version=version,
        body=body_from_json(version.body),
        people=status_board(uow(), assessment.id, standing=standing, search=search, after=after),
        counts=count_standings(uow(), assessment.id),
        standing=standing,
        search=search,
        after=after,
        code_link=_code_link(assessment),
        can_manage=actor().may(Role.RECRUITER),
        multipliers=OFFERED,
    )


@assessments.post("/<uuid:assessment_uuid>/archive")
@staff(Role.RECRUITER)
def archive(assessment_uuid: uuid.UUID) -> Response:
    """Close it for new people; the page it leads to offers the way back."""
    archive_assessment(uow(), actor(), assessment_uuid, now())
    flash(_("Archived. Nobody can start any more; work that runs goes on."), "good")
    return _back(assessment_uuid)


@assessments.post("/<uuid:assessment_uuid>/restore")
@staff(Role.RECRUITER)
def restore(assessment_uuid: uuid.UUID) -> Response:
    """Out of the archive."""
    restore_assessment(uow(), actor(), assessment_uuid)
    flash(_("Restored. People can start again."), "good")
    return _back(assessment_uuid)


@assessments.post("/<uuid:assessment_uuid>/code")
@staff(Role.RECRUITER)
def code(assessment_uuid: uuid.UUID) -> Response:
    """Open, close or renew the shared code."""
    do = request.form.get("do", "")
    try:
        if do == "close":
            close_share_code(uow(), actor(), assessment_uuid, now())
            flash(_("The code is closed. Open it again whenever you like; it stays the same."), "good")
        else:
            open_share_code(uow(), actor(), assessment_uuid, fresh=do == "renew")
            flash(_("The code is open. Whoever has it can start."), "good")
    except Conflict as conflict:
        flash(_(conflict.text), "bad")
    return _back(assessment_uuid)


def _code_link(assessment: Assessment) -> str:
    if assessment.share_code is None or assessment.share_code_closed_at is not None:
        return ""
    return links().share_code(assessment.share_code)


def _back(assessment_uuid: uuid.UUID) -> Response:
    return redirect(f"/team/assessments/{assessment_uuid}")
