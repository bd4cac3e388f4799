"""Who belongs to the organisation: members, roles, invitations."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from core.accounts.actions.invitations import revoke_invitation
from core.accounts.actions.members import change_roles, remove_member
from core.accounts.models import Role
from core.accounts.queries import list_open_invitations, list_team
from core.base.errors import Conflict, Invalid
from core.base.limits import COLLEAGUE_INVITATIONS_PER_PERSON
from core.gateways.mail.chosen import mail_gateway
from core.notifications.colleagues import invite_colleague_by_mail
from interviewer.people.forms import ROLES, InviteForm, RolesForm
from interviewer.words import role_name
from server.i18n import _
from server.pages import page
from server.problems import problem_of
from server.request import actor, limiter, links, now, settings, staff, uow

people = Blueprint("people", __name__, url_prefix="/team/people")


@people.get("")
@staff()
def people_page() -> Response:
    """Everybody who belongs here; admins invite, change roles and remove."""
    return _show(InviteForm(formdata=None))


@people.post("/invite")
@staff(Role.ADMIN)
def invite() -> Response:
    """Invite a colleague; the link is shown once, and goes out by mail where there is a mail server."""
    form = InviteForm()
    if not form.validate():
        return _show(form, 422)
    limiter().hit(COLLEAGUE_INVITATIONS_PER_PERSON, str(actor().person_id))
    try:
        link = invite_colleague_by_mail(uow(), actor(), form.email.data, form.chosen(), links(), now())
    except Invalid as error:
        form.refuse(error)
        return _show(form, 422)
    flash(_("Invited."), "good")
    return _show(InviteForm(formdata=None), link=link, invited=form.email.data)


@people.post("/<uuid:person_uuid>/roles")
@staff(Role.ADMIN)
def roles(person_uuid: uuid.UUID) -> Response:
    """Give a member exactly the ticked roles."""
    form = RolesForm()
    form.validate()
    try:
        change_roles(uow(), actor(), person_uuid, form.chosen())
    except (Invalid, Conflict) as error:
        return _refused(error)
    flash(_("Roles changed."), "good")
    return redirect("/team/people")


@people.post("/<uuid:person_uuid>/remove")
@staff(Role.ADMIN)
def remove(person_uuid: uuid.UUID) -> Response:
    """End a membership."""
    try:
        name = remove_member(uow(), actor(), person_uuid, now())
    except Conflict as error:
        return _refused(error)
    flash(_("%(name)s no longer belongs to the organisation.", name=name), "good")
    return redirect("/team/people")


@people.post("/invitations/<uuid:invitation_uuid>/revoke")
@staff(Role.ADMIN)
def revoke(invitation_uuid: uuid.UUID) -> Response:
    """End an open invitation: its link leads nowhere any more."""
    email = revoke_invitation(uow(), actor(), invitation_uuid, now())
    flash(_("The invitation of %(email)s is withdrawn.", email=email), "good")
    return redirect("/team/people")


def _refused(error: Exception) -> Response:
    flash(problem_of(error).detail, "bad")
    return redirect("/team/people")


def _show(form: InviteForm, status: int = 200, link: str = "", invited: str = "") -> Response:
    return page(
        "people/people.html",
        status,
        form=form,
        link=link,
        invited=invited,
        sends=mail_gateway(uow(), settings()).sends,
        members=list_team(uow(), actor().organisation_id),
        invitations=list_open_invitations(uow(), actor().organisation_id, now()),
        role_name=role_name,
        all_roles=ROLES,
        own_uuid=actor().person_uuid,
        is_admin=actor().may(Role.ADMIN),
    )
