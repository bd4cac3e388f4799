"""Inviting people by a pasted list, and what can be done with one person's link or time."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from flask import flash, redirect, request
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from core.accounts.models import Role
from core.assessments.access import access_assessment, access_invitation
from core.assessments.actions.invitations import (
    Invited,
    PersonalLink,
    invite_candidates,
    renew_link,
    restore_invitation,
    revoke_invitation,
    set_arrangement,
)
from core.assessments.actions.time import extend_time
from core.assessments.models import Assessment
from core.assessments.rules.arrangements import OFFERED
from core.assessments.rules.invitations import BadRow, PastedList, read_people
from core.base.errors import Conflict, Gone, Invalid
from core.base.limits import INVITATIONS_PER_PERSON
from interviewer.assessments.sheets import csv_text
from interviewer.assessments.views import assessments
from server.forms import Form, lazy
from server.i18n import _, ngettext
from server.pages import page
from server.request import actor, limiter, links, now, staff, uow


class InviteForm(Form):
    """The pasted list and the time arrangement for all of it."""

    people = TextAreaField(
        lazy("Names and e-mail addresses"),
        description=lazy("One person a line, as your mail program or spreadsheet gives them."),
    )
    multiplier = SelectField(lazy("Time"), choices=[], validate_choice=False, default="1")


@assessments.get("/<uuid:assessment_uuid>/invitations")
@staff(Role.RECRUITER)
def invitations(assessment_uuid: uuid.UUID) -> Response:
    """The page where a list is pasted."""
    return _show(access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER), InviteForm(formdata=None))


@assessments.post("/<uuid:assessment_uuid>/invitations")
@staff(Role.RECRUITER)
def invite(assessment_uuid: uuid.UUID) -> Response:
    """Invite the good rows at once; the bad ones stay in the field, each with its reason. Links are shown this once."""
    assessment = access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    limiter().hit(INVITATIONS_PER_PERSON, str(actor().person_id))
    form = InviteForm()
    read = read_people(form.people.data or "")
    try:
        done = _invite(assessment, read, form) if read.people or not read.bad else None
    except Invalid as error:
        form.refuse(error)
        return _show(assessment, form, read.bad, 422, read.left_out)
    except Conflict as conflict:
        form.form_errors.append(_(conflict.text))
        return _show(assessment, form, read.bad, 409, read.left_out)
    if done is None:
        return _show(assessment, form, read.bad, 422, read.left_out)
    if done.links:
        flash(ngettext("One person invited.", "%(num)d people invited.", len(done.links)), "good")
    return _show_done(assessment, form, read, done)


@assessments.post("/<uuid:assessment_uuid>/invitations/<uuid:invitation_uuid>")
@staff(Role.RECRUITER)
def invitation(assessment_uuid: uuid.UUID, invitation_uuid: uuid.UUID) -> Response:
    """Renew, withdraw or give back one link, or arrange its time."""
    assessment = access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    do = request.form.get("do", "")
    try:
        if do == "renew":
            fresh = renew_link(uow(), actor(), invitation_uuid, now(), links())
            return _show_done(assessment, InviteForm(formdata=None), PastedList((), ()), Invited((fresh,), ()))
        _settle(do, invitation_uuid)
    except Conflict as conflict:
        flash(_(conflict.text), "bad")
    except Invalid as error:
        flash(" ".join(_(e.text, **e.params) for found in error.fields.values() for e in found), "bad")
    return redirect(f"/team/assessments/{assessment_uuid}")


def _settle(do: str, invitation_uuid: uuid.UUID) -> None:
    who = access_invitation(uow(), actor(), invitation_uuid, Role.RECRUITER)
    name = who.name or who.email
    if do == "revoke":
        revoke_invitation(uow(), actor(), invitation_uuid, now())
        flash(_("The link of %(name)s is withdrawn. You can give it back at any time.", name=name), "good")
    elif do == "restore":
        restore_invitation(uow(), actor(), invitation_uuid)
        flash(_("The link of %(name)s works again.", name=name), "good")
    elif do == "arrange":
        set_arrangement(uow(), actor(), invitation_uuid, typed_factor(request.form.get("multiplier", "")))
        flash(_("The time of %(name)s is arranged.", name=name), "good")


@assessments.post("/<uuid:assessment_uuid>/people/<uuid:attempt_uuid>/time")
@staff(Role.RECRUITER)
def more_time(assessment_uuid: uuid.UUID, attempt_uuid: uuid.UUID) -> Response:
    """Add minutes to the clock of somebody at work."""
    access_assessment(uow(), actor(), assessment_uuid, Role.RECRUITER)
    typed = request.form.get("minutes", "").strip()
    minutes = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    try:
        attempt = extend_time(uow(), actor(), attempt_uuid, minutes, now())
        text = ngettext("%(name)s has one minute more.", "%(name)s has %(num)d minutes more.", minutes, name=attempt.candidate_name)
        flash(text, "good")
    except Gone as gone:
        flash(_(gone.text), "bad")
    except Invalid as error:
        flash(" ".join(_(e.text, **e.params) for found in error.fields.values() for e in found), "bad")
    return redirect(f"/team/assessments/{assessment_uuid}")


def typed_factor(text: str) -> Decimal:
    """A factor as typed, with a comma or a point; what is no number becomes one that core refuses."""
    try:
        return Decimal(text.strip().replace(",", ".")[:12])
    except InvalidOperation:
        return Decimal(0)


def _invite(assessment: Assessment, read: PastedList, form: InviteForm) -> Invited:
    factor = typed_factor(form.multiplier.data or "")
    return invite_candidates(uow(), actor(), assessment.uuid, read.people, factor, now(), links())


def _show(
    assessment: Assessment, form: InviteForm, bad: Sequence[BadRow] = (), status: int = 200, left_out: int = 0
) -> Response:
    form.multiplier.choices = [SelectChoice(str(factor), _factor_text(factor)) for factor in OFFERED]
    return page(
        "assessments/invite.html",
        status,
        assessment=assessment,
        form=form,
        bad=_told(bad),
        left_out=left_out,
        done=None,
        sheet="",
    )


def _show_done(assessment: Assessment, form: InviteForm, read: PastedList, done: Invited) -> Response:
    """The links, this once. The field keeps the rows that were not good, ready to be mended."""
    form.people.data = "\n".join(row.text for row in read.bad)
    form.people.raw_data = None
    form.multiplier.choices = [SelectChoice(str(factor), _factor_text(factor)) for factor in OFFERED]
    return page(
        "assessments/invite.html",
        assessment=assessment,
        form=form,
        bad=_told(read.bad),
        left_out=read.left_out,
        done=done,
        sheet=_sheet(done.links),
    )


def _told(bad: Sequence[BadRow]) -> list[tuple[int, str, str]]:
    return [(row.line, row.text, _(row.reason.text, **row.reason.params)) for row in bad]


def _sheet(made: Sequence[PersonalLink]) -> str:
    """The links as a file inside the page: they are stored nowhere, so no later address could give them."""
    text = csv_text([_("Name"), _("E-mail"), _("Link")], [(link.name, link.email, link.link) for link in made])
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def _factor_text(factor: Decimal) -> str:
    if factor == 1:
        return _("The usual time")
    return _("%(percent)s %% more time", percent=int((factor - 1) * 100))
