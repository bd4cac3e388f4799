"""Going on from another device: with the resume code shown at the start, or with a mailed code (decision 20)."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.accounts.mail_codes import make_mail_code, use_mail_code
from core.assessments.actions.devices import resume, resume_by_code
from core.assessments.models import Assessment, Attempt
from core.base.errors import NotFound
from core.base.limits import MAIL_CODE_PER_PERSON, MAIL_CODE_TRIES, RESUME_CODE_TRIES
from core.gateways.mail.chosen import mail_gateway
from core.notifications.actions import send_mail
from portal.attempts.cookies import let_browser_in
from portal.attempts.forms import ResumeForm
from server.i18n import _
from server.pages import page
from server.request import database, limiter, now, public, settings, uow

resuming = Blueprint("resuming", __name__, url_prefix="/attempts/<uuid:attempt_uuid>/resume")
PURPOSE = "resume"


@resuming.route("", methods=["GET", "POST"])
@public
def another_device(attempt_uuid: uuid.UUID) -> Response:
    """Let another browser in."""
    attempt, form = _attempt(attempt_uuid), ResumeForm()
    if form.validate_on_submit():
        limiter().hit(RESUME_CODE_TRIES, str(attempt_uuid))
        token = _token(attempt, form.code.data)
        if token is not None:
            response = redirect(f"/attempts/{attempt_uuid}")
            let_browser_in(response, attempt_uuid, token)
            return response
        form.code.errors = [
            _("This code is not right or no longer valid. Check it, or ask for a code by mail.")
        ]
    return page(
        "attempts/resume.html",
        422 if form.errors else 200,
        form=form,
        attempt_uuid=attempt_uuid,
        is_example=attempt.is_example,
        mail=_mailable(attempt),
        sent=request.args.get("sent") == "1",
    )


@resuming.post("/mail")
@public
def mail(attempt_uuid: uuid.UUID) -> Response:
    """Send a code to the verified address of the attempt."""
    attempt = _attempt(attempt_uuid)
    if _mailable(attempt):
        limiter().hit(MAIL_CODE_PER_PERSON, str(attempt_uuid))
        title = uow().get_one(Assessment, attempt.assessment_id).title
        code = make_mail_code(uow(), PURPOSE, str(attempt_uuid), now())
        send_mail(
            uow(),
            "resume_code",
            organisation_id=attempt.organisation_id,
            to_address=str(attempt.candidate_email),
            to_name=attempt.candidate_name,
            locale=attempt.consent_locale,
            values={"code": code, "title": title},
            now=now(),
        )
    return redirect(f"/attempts/{attempt_uuid}/resume?sent=1")


def _token(attempt: Attempt, typed: str) -> str | None:
    digits = "".join(c for c in typed if c.isdigit())
    if len(digits) == 6 and len(typed.strip()) <= 8:
        limiter().hit(MAIL_CODE_TRIES, str(attempt.uuid))
        # A wrong try must be counted even though the page then says no.
        with database().unit_of_work() as own:
            right = use_mail_code(own, PURPOSE, str(attempt.uuid), digits, now())
        if right:
            return resume(uow(), attempt, "mail_code", now())
    return resume_by_code(uow(), attempt, typed, now())


def _mailable(attempt: Attempt) -> bool:
    """Only a verified address gets codes: an unverified one may be somebody else's."""
    return attempt.verified and bool(attempt.candidate_email) and mail_gateway(uow(), settings()).sends


def _attempt(attempt_uuid: uuid.UUID) -> Attempt:
    attempt = uow().scalar(select(Attempt).where(Attempt.uuid == attempt_uuid))
    if attempt is None:
        raise NotFound
    return attempt
