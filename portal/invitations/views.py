"""How a candidate comes in: by a personal link, or by a shared code and (with mail) a six-digit code.

/i/<token> ─────────────────────────────┐
/join → /join/<code> → [six digits] ────┴→ landing → agreement → attempt
"""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask import session as form_session
from werkzeug.wrappers import Response

from core.accounts.mail_codes import make_mail_code, use_mail_code
from core.accounts.models import Provider
from core.assessments.access import find_candidate
from core.assessments.actions.start import Consent, Entry, Secrets, start_attempt
from core.assessments.models import Assessment, Attempt, Invitation
from core.assessments.queries.entry import (
    Landing,
    assessment_by_code,
    attempt_of_identity,
    attempt_of_invitation,
    find_invitation,
    landing_of,
    link_was_mailed,
)
from core.base.errors import Conflict, Invalid, NotFound
from core.base.i18n import known_locale
from core.base.limits import (
    LINK_PER_ADDRESS,
    MAIL_CODE_PER_PERSON,
    MAIL_CODE_TRIES,
    SHARE_CODE_PER_ADDRESS,
    SHARE_CODE_PER_CODE,
    START_MAILS_PER_ADDRESS,
)
from core.gateways.mail.chosen import mail_gateway
from core.notifications.actions import send_mail
from portal.attempts.cookies import STARTING, let_browser_in, show_resume_code_once
from portal.invitations.disclosure import disclosure_of
from portal.invitations.forms import AddressForm, CodeForm, DigitsForm, StartForm, language_names, start_form
from server.i18n import _, locale, time_text
from server.pages import page
from server.request import database, limiter, links, now, origin, public, settings, uow

invitations = Blueprint("invitations", __name__)
START = "start"  # the purpose of a mailed code before a start
ENTRY = "entry"  # form_session key: {"assessment", "email", "verified"} of a visitor by shared code


@invitations.route("/i/<token>", methods=["GET", "POST"])
@public
def personal(token: str) -> Response:
    """A personal link: read, agree, start. An attempt that exists is gone on with instead."""
    limiter().hit(LINK_PER_ADDRESS, origin().address)
    invitation = find_invitation(uow(), token[:100])
    attempt = attempt_of_invitation(uow(), invitation)
    if attempt is not None:
        return _go_on(attempt)
    if invitation.opened_at is None:
        invitation.opened_at = now()
    landing = landing_of(uow(), invitation.assessment_id, invitation.invited_by)
    return _landing(
        landing, invitation, invitation.email, verified=_mailed(landing, invitation, token), name=invitation.name
    )


@invitations.route("/join", methods=["GET", "POST"])
@public
def join() -> Response:
    """Where a shared code is typed in."""
    form = CodeForm()
    if form.validate_on_submit():
        limiter().hit(SHARE_CODE_PER_ADDRESS, origin().address)
        try:
            assessment = assessment_by_code(uow(), form.code.data)
            return redirect(f"/join/{assessment.share_code}")
        except NotFound:
            form.code.errors = [
                _("No open assessment has this code. Check it, or ask the person who gave it to you.")
            ]
    return page("invitations/join.html", 422 if form.errors else 200, form=form)


@invitations.route("/join/<code>", methods=["GET", "POST"])
@public
def by_code(code: str) -> Response:
    """A shared code: first the address, then (with mail) six digits, then the same page as by a personal link."""
    limiter().hit(SHARE_CODE_PER_ADDRESS, origin().address)
    limiter().hit(SHARE_CODE_PER_CODE, code[:40].upper())
    assessment = assessment_by_code(uow(), code)
    entry = _entry(assessment)
    if entry is None:
        return _ask_address(assessment)
    if mail_gateway(uow(), settings()).sends and not entry["verified"]:
        return _ask_digits(assessment, str(entry["email"]))
    landing = landing_of(uow(), assessment.id)
    return _landing(landing, None, str(entry["email"]), verified=bool(entry["verified"]), name="")


@invitations.post("/join/<code>/again")
@public
def other_address(code: str) -> Response:
    """Forget the address that was typed and ask for another."""
    form_session.pop(ENTRY, None)
    return redirect(f"/join/{code}")


def _entry(assessment: Assessment) -> dict[str, object] | None:
    entry = form_session.get(ENTRY)
    fits = isinstance(entry, dict) and entry.get("assessment") == str(assessment.uuid)
    return entry if fits else None


def _ask_address(assessment: Assessment) -> Response:
    form = AddressForm()
    if form.validate_on_submit():
        email = form.email.data
        form_session[ENTRY] = {"assessment": str(assessment.uuid), "email": email, "verified": False}
        if mail_gateway(uow(), settings()).sends:
            _mail_digits(assessment, email)
        return redirect(request.path)
    landing = landing_of(uow(), assessment.id)
    return page("invitations/address.html", 422 if form.errors else 200, form=form, landing=landing)


def _mail_digits(assessment: Assessment, email: str) -> None:
    limiter().hit(START_MAILS_PER_ADDRESS, origin().address)
    limiter().hit(MAIL_CODE_PER_PERSON, f"{assessment.uuid}:{email.lower()}")
    code = make_mail_code(uow(), START, _subject(assessment, email), now())
    send_mail(
        uow(),
        "start_code",
        organisation_id=assessment.organisation_id,
        to_address=email,
        locale=locale(),
        values={"code": code, "title": assessment.title},
        now=now(),
    )


def _ask_digits(assessment: Assessment, email: str) -> Response:
    form = DigitsForm()
    if request.method == "POST" and request.form.get("act") == "again":
        _mail_digits(assessment, email)
        return redirect(request.path)
    if form.validate_on_submit():
        limiter().hit(MAIL_CODE_TRIES, _subject(assessment, email))
        # A wrong try must be counted even though the page then says no.
        with database().unit_of_work() as own:
            right = use_mail_code(own, START, _subject(assessment, email), form.digits.data, now())
        if right:
            form_session[ENTRY] = {"assessment": str(assessment.uuid), "email": email, "verified": True}
            return redirect(request.path)
        form.digits.errors = [
            _("This code is not right or no longer valid. Check the newest mail, or ask for a new one.")
        ]
    status = 422 if form.errors else 200
    return page("invitations/digits.html", status, form=form, email=email, assessment=assessment)


def _subject(assessment: Assessment, email: str) -> str:
    return f"{assessment.uuid}:{email.strip().lower()}"


def _mailed(landing: Landing, invitation: Invitation, token: str) -> bool:
    return link_was_mailed(uow(), invitation, links().invitation(token), landing.organisation.id)


def _landing(
    landing: Landing, invitation: Invitation | None, email: str, *, verified: bool, name: str
) -> Response:
    entry = Entry(landing.assessment, landing.version, invitation, email, verified)
    known = _attempt_by_address(entry)
    if known is not None:
        return _go_on(known)
    form = start_form(landing, name)
    if form.validate_on_submit():
        return _start(entry, form, landing)
    _secrets(entry)
    return _show(landing, form, invitation, entry)


def _attempt_by_address(entry: Entry) -> Attempt | None:
    if entry.invitation is not None and not entry.verified:
        return None
    address = entry.email.strip().lower()
    if entry.verified:
        return attempt_of_identity(uow(), entry.assessment, Provider.EMAIL, address)
    return attempt_of_identity(uow(), entry.assessment, Provider.CODE, f"{entry.assessment.uuid}:{address}")


def _start(entry: Entry, form: StartForm, landing: Landing) -> Response:
    disclosure = disclosure_of(entry.version.body["manifest"])
    agreed = bool(form.agreed.data and form.own_work.data)
    consent = Consent(form.manifest.data or "", known_locale(locale()), disclosure.text_hash(), agreed)
    try:
        started = start_attempt(uow(), entry, form.name.data, form.languages(), consent, now(), _secrets(entry))
    except Invalid as error:
        form.refuse(error)
        return _show(landing, form, entry.invitation, entry)
    except Conflict as error:
        twice = _started_meanwhile(entry) if error.code == "already_started" else None
        if twice is not None:
            return _go_on(twice)
        form.manifest.data = landing.version.manifest_hash
        form.form_errors.append(_(error.text))
        return _show(landing, form, entry.invitation, entry)
    form_session.pop(ENTRY, None)
    return _into(started.attempt, Secrets(started.device_token, started.resume_code))


def _into(attempt: Attempt, secrets: Secrets) -> Response:
    """To the work, with the cookie and the resume code of the start. They stay here until the code was noted."""
    response = redirect(f"/attempts/{attempt.uuid}")
    let_browser_in(response, attempt.uuid, secrets.device_token)
    show_resume_code_once(attempt.uuid, secrets.resume_code)
    return response


def _secrets(entry: Entry) -> Secrets:
    """What this browser is to get when it starts this very assessment: drawn once, before anything can get lost."""
    way = str((entry.invitation or entry.assessment).uuid)
    held = form_session.get(STARTING)
    if isinstance(held, dict) and held.get("way") == way:
        return Secrets(str(held["token"]), str(held["code"]))
    drawn = Secrets()
    form_session[STARTING] = {"way": way, "token": drawn.device_token, "code": drawn.resume_code}
    return drawn


def _started_meanwhile(entry: Entry) -> Attempt | None:
    by_link = attempt_of_invitation(uow(), entry.invitation) if entry.invitation is not None else None
    return by_link or _attempt_by_address(entry)


def _show(landing: Landing, form: StartForm, invitation: Invitation | None, entry: Entry) -> Response:
    withdrawn = invitation is not None and invitation.revoked_at is not None
    open_now = landing.open_now(now()) and not withdrawn
    multiplier = 1.0 if invitation is None else float(invitation.multiplier)
    return page(
        "invitations/landing.html",
        422 if form.errors or form.form_errors else 200,
        landing=landing,
        form=form,
        entry=entry,
        greeting="" if form.is_submitted() or not form.name.data else form.name.data.split()[0],
        role=landing.body.role_title or landing.assessment.title,
        language_names=language_names(landing),
        minutes=round(landing.body.time.limit_seconds * multiplier / 60),
        multiplier=multiplier,
        disclosure=disclosure_of(landing.version.body["manifest"]),
        open_now=open_now,
        why_closed="" if open_now else _why_closed(landing, withdrawn),
    )


def _why_closed(landing: Landing, withdrawn: bool) -> str:
    window = landing.body.window
    if withdrawn:
        return _("This invitation was withdrawn. Ask the person who sent it.")
    if landing.assessment.archived_at is None and window.opens_at is not None and now() < window.opens_at:
        return _("It can be started from %(moment)s on.", moment=time_text(window.opens_at))
    return _("This assessment cannot be started any more. Ask the person who sent it.")


def _go_on(attempt: Attempt) -> Response:
    """To the work that exists. The browser that started it gets its cookie again when the first answer was lost."""
    held = form_session.get(STARTING)
    if isinstance(held, dict):
        secrets = Secrets(str(held["token"]), str(held["code"]))
        if find_candidate(uow(), attempt.uuid, secrets.device_token, origin()) is not None:
            return _into(attempt, secrets)
    return redirect(f"/attempts/{attempt.uuid}")
