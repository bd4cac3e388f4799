"""Joining an organisation by a colleague's link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.actions.invitations import accept_invitation, access_invitation
from core.accounts.actions.people import NewAccount, create_account
from core.accounts.actions.signing_in import find_account
from core.accounts.models import Organisation
from core.base.errors import Invalid
from core.base.limits import LINK_PER_ADDRESS
from portal.accounts.views import open_for
from portal.invited.forms import NewAccountForm
from server.i18n import _, locale, zone
from server.identity import ORGANISATION_COOKIE
from server.pages import page
from server.request import limiter, now, origin, public, settings, signed_in, uow
from server.security import set_cookie

invited = Blueprint("invited", __name__)
YEAR_SECONDS = 365 * 86_400


@invited.get("/invited/<token>")
@public
def invited_page(token: str) -> Response:
    """Who invites, to what, and the one step to join: as oneself, or with a new account."""
    return _show(token, NewAccountForm(formdata=None))


@invited.post("/invited/<token>")
@public
def join(token: str) -> Response:
    """Join as the signed-in person."""
    limiter().hit(LINK_PER_ADDRESS, request.remote_addr or "")
    person = signed_in()
    if person is None:
        return redirect(f"/invited/{token}")
    return _welcome(accept_invitation(uow(), token, person.person_id, now(), origin()))


@invited.post("/invited/<token>/account")
@public
def join_with_account(token: str) -> Response:
    """Make an account for the invited address and join with it."""
    limiter().hit(LINK_PER_ADDRESS, request.remote_addr or "")
    form = NewAccountForm()
    if not form.validate():
        return _show(token, form, 422)
    invitation, _organisation, _inviter = access_invitation(uow(), token, now())
    new = NewAccount(form.name.data, invitation.email, form.password.data, locale(), zone())
    try:
        person = create_account(uow(), new, now())
    except Invalid as error:
        form.refuse(error)
        return _show(token, form, 422)
    organisation = accept_invitation(uow(), token, person.id, now(), origin())
    open_for(person.id)
    return _welcome(organisation)


def _welcome(organisation: Organisation) -> Response:
    flash(_("Welcome to %(organisation)s.", organisation=organisation.name), "good")
    answer = redirect("/team/assessments")
    set_cookie(answer, ORGANISATION_COOKIE, str(organisation.uuid), settings(), YEAR_SECONDS)
    return answer


def _show(token: str, form: NewAccountForm, status: int = 200) -> Response:
    if status == 200:
        limiter().hit(LINK_PER_ADDRESS, request.remote_addr or "")
    invitation, organisation, inviter = access_invitation(uow(), token, now())
    return page(
        "invited/invited.html",
        status,
        form=form,
        token=token,
        invitation=invitation,
        organisation_name=organisation.name,
        inviter=inviter.name,
        person=signed_in(),
        has_account=find_account(uow(), invitation.email) is not None,
    )
