"""Signing in and out."""

from __future__ import annotations

import json

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from core.accounts.actions.first_run import Step, first_run
from core.accounts.actions.sessions import end_session, open_session
from core.accounts.actions.signing_in import find_account, record_sign_in, sign_in
from core.accounts.models import Role
from core.accounts.queries import SignedIn, some_organisation_exists
from core.accounts.rules import normalise_email
from core.base.limits import SIGN_IN_PER_ACCOUNT, SIGN_IN_PER_ADDRESS
from portal.accounts.forms import SignInForm
from server.errors import local_path
from server.i18n import _
from server.identity import forget, remember
from server.pages import page
from server.request import database, limiter, now, origin, public, settings, signed_in, uow

accounts = Blueprint("accounts", __name__)
TEAM_HOME = "/team/assessments"


@accounts.get("/")
@public
def start() -> Response:
    """To where one belongs: the set-up, the team's pages, or the sign-in."""
    if not some_organisation_exists(uow()):
        return redirect("/set-up")
    person = signed_in()
    if person is None:
        return redirect("/sign-in")
    return redirect("/set-up" if _sets_up(person) else TEAM_HOME)


def _sets_up(person: SignedIn) -> bool:
    """Whether the set-up wizard waits for this person."""
    stands = first_run(uow())
    if stands.step is Step.DONE:
        return False
    return any(
        m.organisation_id == stands.organisation_id and Role.ADMIN in m.roles for m in person.memberships
    )


@accounts.get("/sign-in")
@public
def sign_in_page() -> Response:
    """The sign-in form; somebody who is signed in is sent on."""
    target = local_path(request.args.get("next", ""))
    if signed_in() is not None:
        return redirect(TEAM_HOME if target == "/" else target)
    return _show(SignInForm(next=target))


@accounts.post("/sign-in/again")
@public
def sign_in_again() -> Response:
    """The sign-in form for somebody whose session ended while they were writing."""
    form = SignInForm(next=local_path(request.form.get("next", "")), held=request.form.get("held", ""))
    return _show(form)


@accounts.post("/sign-in")
@public
def sign_in_now() -> Response:
    """Check the password, open a session, and hand back what was typed before."""
    form = SignInForm()
    if not form.validate():
        return _show(form, 422)
    limiter().hit(SIGN_IN_PER_ADDRESS, request.remote_addr or "")
    limiter().hit(SIGN_IN_PER_ACCOUNT, normalise_email(form.email.data))
    person_id = _checked(form.email.data, form.password.data)
    if person_id is None:
        form.form_errors.append(_("This address and password do not belong to an account here."))
        return _show(form, 422)
    open_for(person_id)
    return _go_on(local_path(form.next.data or ""), form.held.data or "")


def _checked(email: str, password: str) -> int | None:
    """Whose account it is, with an audit row either way."""
    # In a unit of work of its own, because that of a refused request is rolled back.
    with database().unit_of_work() as session:
        person = sign_in(session, email, password, now())
        account = person or find_account(session, email)
        if account is not None:
            record_sign_in(session, account, origin(), accepted=person is not None)
        return person.id if person else None


def open_for(person_id: int) -> None:
    """Open a session for a person who has just proved who they are."""
    opened = open_session(uow(), person_id, now(), origin(), request.headers.get("User-Agent", ""))
    remember(opened, settings().secret_key, now())


def _go_on(target: str, held: str) -> Response:
    fields = held_fields(held)
    if fields:
        return page("accounts/send_again.html", target=target, fields=fields)
    return redirect(TEAM_HOME if target == "/" else target)


def held_fields(held: str) -> list[tuple[str, str]]:
    """Name and value of each field that was typed before the session ended; damaged ones are dropped."""
    try:
        pairs = json.loads(held)
        return [(str(name), str(value)) for name, value in pairs][:500]
    except (ValueError, TypeError, RecursionError):
        return []


@accounts.post("/sign-out")
@public
def sign_out() -> Response:
    """End this browser's session."""
    person = signed_in()
    if person is not None:
        end_session(uow(), person.person_id, person.session_id, now(), origin())
    forget()
    return redirect("/sign-in")


def _show(form: SignInForm, status: int = 200) -> Response:
    return page("accounts/sign_in.html", status, form=form)
