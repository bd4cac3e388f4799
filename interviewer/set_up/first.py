"""The last step of the set-up: the first assessment, and the link to share."""

from __future__ import annotations

import uuid

from flask import redirect, request
from werkzeug.wrappers import Response

from core.accounts.actions.first_run import Step, finish_step
from core.accounts.models import Role
from core.assessments.access import access_assessment
from core.assessments.actions.content import create_assessment
from core.assessments.actions.sharing import open_share_code
from core.assessments.rules.body import Contact
from core.base.errors import N_, Conflict, NotFound
from core.gateways.mail.chosen import mail_gateway
from core.problems.language_names import language_name
from core.runs.queries import runner_status
from interviewer.set_up.example import choices, example_body
from interviewer.set_up.views import set_up
from interviewer.settings.views import email
from server.i18n import gettext
from server.pages import page
from server.request import actor, links, now, settings, staff, uow

__all__ = ["set_up"]  # with the step below it; what is mounted is one blueprint


@set_up.get("/assessment")
@staff(Role.ADMIN)
def assessment_step() -> Response:
    """The packs that are proven, and how far the others are."""
    found, running = choices(uow(), actor().organisation_id), runner_status(uow(), now())
    return page(
        "set_up/assessment.html",
        number=4,
        choices=found,
        language_name=language_name,
        running=running,
        why_off=" ".join(gettext(text) for text in (running.reason, running.cure) if text),
        pending=any(choice.running for choice in found) or not found,
    )


@set_up.post("/assessment")
@staff(Role.ADMIN)
def make_first() -> Response:
    """Make the assessment with its shared code, or go on without one."""
    if request.form.get("deed") == "skip":
        finish_step(uow(), actor(), Step.ASSESSMENT, now())
        return redirect("/team/assessments")
    wanted = request.form.get("pack_version", "")
    choice = next((c for c in choices(uow(), actor().organisation_id) if str(c.version.uuid) == wanted), None)
    if choice is None:
        raise NotFound
    if not choice.languages:
        raise Conflict(
            N_("This pack is not proven yet. Wait a moment or choose another."), code="pack_not_proven"
        )
    body = example_body(choice, Contact(actor().name, email()))
    made = create_assessment(uow(), actor(), choice.version.pack.title, body, now())
    open_share_code(uow(), actor(), made.uuid)
    finish_step(uow(), actor(), Step.ASSESSMENT, now())
    return redirect(f"/set-up/done?assessment={made.uuid}")


@set_up.get("/done")
@staff(Role.ADMIN)
def done() -> Response:
    """The link to copy; the wizard's end."""
    try:
        address = uuid.UUID(request.args.get("assessment", ""))
    except ValueError:
        return redirect("/team/assessments")
    assessment = access_assessment(uow(), actor(), address)
    return page(
        "set_up/done.html",
        number=5,
        assessment=assessment,
        link=links().share_code(assessment.share_code) if assessment.share_code else "",
        sends=mail_gateway(uow(), settings()).sends,
    )
