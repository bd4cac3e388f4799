"""The set-up wizard: organisation and admin, mail, model endpoint, first assessment (decision 19)."""

from __future__ import annotations

import hmac

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from core.accounts.actions.first_run import Step, begin_first_run, finish_step, first_run
from core.accounts.actions.organisations import found_first_organisation
from core.accounts.actions.people import NewAccount, create_account
from core.accounts.actions.services import store_mail_server, store_model_endpoint
from core.accounts.actions.sessions import open_session
from core.accounts.models import Person, Role
from core.accounts.queries import some_organisation_exists
from core.base.errors import Invalid
from core.base.limits import SET_UP_TOKEN_TRIES
from core.gateways.llm.chosen import chosen_model
from core.gateways.mail.chosen import chosen_mail
from interviewer.services.forms import MailForm, ModelForm
from interviewer.services.trying import Tried, try_mail, try_model
from interviewer.set_up.forms import FoundingForm
from interviewer.settings.views import email, person_key
from server.i18n import _, locale, zone
from server.identity import remember
from server.pages import page
from server.request import actor, limiter, now, origin, public, settings, signed_in, staff, uow

set_up = Blueprint("set_up", __name__, url_prefix="/set-up")


@set_up.get("")
@public
def set_up_page() -> Response:
    """The first step; once it is done, an admin goes on where the wizard stands."""
    if not some_organisation_exists(uow()):
        return _show_founding(FoundingForm(formdata=None, token=request.args.get("token", "")[:200]))
    stands = first_run(uow())
    if stands.step is Step.DONE or signed_in() is None:
        return redirect("/")
    return redirect(f"/set-up/{stands.step.value}")


@set_up.post("")
@public
def found() -> Response:
    """Check the console's token, make the organisation and its admin, and sign them in."""
    if some_organisation_exists(uow()):
        return redirect("/set-up")
    form = FoundingForm()
    if not form.validate():
        return _show_founding(form, 422)
    limiter().hit(SET_UP_TOKEN_TRIES, request.remote_addr or "")
    if not _is_the_token(form.token.data):
        form.token.errors = [
            _(
                "This is not the token of the running server. Look at the console; it changes with every start."
            )
        ]
        return _show_founding(form, 422)
    try:
        person = create_account(uow(), _account(form), now())
    except Invalid as error:
        form.refuse(error)
        return _show_founding(form, 422)
    organisation = found_first_organisation(uow(), form.organisation.data, person, now(), origin())
    begin_first_run(uow(), organisation.id, now())
    _sign_in(person)
    return redirect("/set-up/mail")


def _account(form: FoundingForm) -> NewAccount:
    return NewAccount(form.name.data, form.email.data, form.password.data, locale(), zone())


def _is_the_token(typed: str) -> bool:
    wanted = settings().setup_token
    return bool(wanted) and hmac.compare_digest(typed.strip().encode(), wanted.encode())


def _sign_in(person: Person) -> None:
    opened = open_session(uow(), person.id, now(), origin(), request.headers.get("User-Agent", ""))
    remember(opened, settings().secret_key, now())


def _show_founding(form: FoundingForm, status: int = 200) -> Response:
    return page("set_up/founding.html", status, form=form, number=1, has_token=bool(settings().setup_token))


@set_up.get("/mail")
@staff(Role.ADMIN)
def mail_step() -> Response:
    """The second step: how mails leave this machine."""
    return _show_mail(MailForm.showing(chosen_mail(uow(), settings()).server, email()))


@set_up.post("/mail")
@staff(Role.ADMIN)
def save_mail_step() -> Response:
    """Try or store the server, or go on without one."""
    if request.form.get("deed") == "skip":
        return _after(Step.MAIL)
    form = MailForm()
    if not form.validate():
        return _show_mail(form, 422)
    server = form.server(chosen_mail(uow(), settings()).server)
    if request.form.get("deed") == "try":
        return _show_mail(form, tried=try_mail(server, form.test_to.data or email(), person_key()))
    store_mail_server(uow(), actor(), settings(), server, now())
    return _after(Step.MAIL)


def _show_mail(form: MailForm, status: int = 200, tried: Tried | None = None) -> Response:
    return page(
        "set_up/mail.html", status, form=form, number=2, tried=tried, mail=chosen_mail(uow(), settings())
    )


@set_up.get("/model")
@staff(Role.ADMIN)
def model_step() -> Response:
    """The third step: where models are asked."""
    return _show_model(ModelForm.showing(chosen_model(uow(), settings()).endpoint))


@set_up.post("/model")
@staff(Role.ADMIN)
def save_model_step() -> Response:
    """Try or store the endpoint, or go on without one."""
    if request.form.get("deed") == "skip":
        return _after(Step.MODEL)
    form = ModelForm()
    if not form.validate():
        return _show_model(form, 422)
    endpoint = form.endpoint(chosen_model(uow(), settings()).endpoint)
    if request.form.get("deed") == "try":
        return _show_model(form, tried=try_model(endpoint, person_key()))
    store_model_endpoint(uow(), actor(), settings(), endpoint, now())
    return _after(Step.MODEL)


def _show_model(form: ModelForm, status: int = 200, tried: Tried | None = None) -> Response:
    return page(
        "set_up/model.html", status, form=form, number=3, tried=tried, model=chosen_model(uow(), settings())
    )


def _after(step: Step) -> Response:
    return redirect(f"/set-up/{finish_step(uow(), actor(), step, now()).value}")
