"""One's own settings: name and preferences, password, signed-in browsers, the organisation one acts in."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.actions.people import Preferences, change_password, change_preferences
from core.accounts.actions.sessions import end_all_sessions, end_session
from core.accounts.queries import SignedIn, list_browsers
from core.base.errors import Invalid, NotFound
from core.base.limits import PASSWORD_CHANGES_PER_PERSON
from portal.settings.browsers import describe
from portal.settings.forms import PasswordForm, PreferencesForm
from server.i18n import _, ngettext
from server.identity import ORGANISATION_COOKIE, SignInNeeded, forget
from server.pages import page
from server.request import actor, limiter, now, origin, settings, signed_in, staff, uow
from server.security import set_cookie

own_settings = Blueprint("settings", __name__)
YEAR_SECONDS = 365 * 86_400


def me() -> SignedIn:
    """The signed-in person of a staff view."""
    person = signed_in()
    if person is None:
        raise SignInNeeded
    return person


@own_settings.get("/settings")
@staff()
def settings_page() -> Response:
    """Everything one decides about oneself, on one page."""
    return _show(PreferencesForm(obj=me()), PasswordForm(formdata=None))


@own_settings.post("/settings")
@staff()
def save_preferences() -> Response:
    """Store name and preferences."""
    form = PreferencesForm()
    if not form.validate():
        return _show(form, PasswordForm(formdata=None), 422)
    wanted = Preferences(
        form.name.data, form.locale.data, form.time_zone.data, form.theme.data, form.single_keys.data
    )
    change_preferences(uow(), me().person_id, wanted)
    flash(_("Saved."), "good")
    answer = redirect("/settings")
    # The cookie is what this device chose last; the choice made here is newer.
    answer.delete_cookie("theme", path="/")
    return answer


@own_settings.post("/settings/password")
@staff()
def save_password() -> Response:
    """Change the password and sign out every other browser."""
    form, person = PasswordForm(), me()
    if not form.validate():
        return _show(PreferencesForm(formdata=None, obj=person), form, 422)
    limiter().hit(PASSWORD_CHANGES_PER_PERSON, str(person.person_id))
    current, wanted = form.current_password.data, form.new_password.data
    try:
        change_password(uow(), person.person_id, current, wanted, now(), origin(), person.session_id)
    except Invalid as error:
        form.refuse(error)
        return _show(PreferencesForm(formdata=None, obj=person), form, 422)
    flash(_("Password changed. Other browsers have been signed out."), "good")
    return redirect("/settings")


@own_settings.post("/settings/browsers/<uuid:session_id>/end")
@staff()
def end_browser(session_id: uuid.UUID) -> Response:
    """Sign one browser out; one's own takes the cookies along."""
    person = me()
    if not end_session(uow(), person.person_id, session_id, now(), origin()):
        raise NotFound
    if session_id == person.session_id:
        forget()
        return redirect("/sign-in")
    flash(_("That browser has been signed out."), "good")
    return redirect("/settings")


@own_settings.post("/settings/browsers/end-all")
@staff()
def end_browsers() -> Response:
    """Sign out everywhere, here too."""
    count = end_all_sessions(uow(), me().person_id, now(), origin())
    forget()
    flash(ngettext("Signed out in %(num)d browser.", "Signed out in %(num)d browsers.", count), "good")
    return redirect("/sign-in")


@own_settings.post("/settings/organisation")
@staff()
def switch_organisation() -> Response:
    """Act in another organisation that one belongs to."""
    try:
        wanted = uuid.UUID(request.form.get("organisation", ""))
    except ValueError:
        raise NotFound from None
    if all(member.organisation_uuid != wanted for member in me().memberships):
        raise NotFound
    answer = redirect("/team/assessments")
    set_cookie(answer, ORGANISATION_COOKIE, str(wanted), settings(), YEAR_SECONDS)
    return answer


def _show(preferences: PreferencesForm, password: PasswordForm, status: int = 200) -> Response:
    person = me()
    return page(
        "settings/settings.html",
        status,
        preferences=preferences,
        password=password,
        person=person,
        acting_in=actor().organisation_id,
        browsers=[
            (browser, describe(browser.user_agent), browser.session_id == person.session_id)
            for browser in list_browsers(uow(), person.person_id, now())
        ],
    )
