"""The organisation's settings: its name, the mail server, the model endpoint."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.accounts.actions.first_run import Step, first_run
from core.accounts.actions.organisations import rename_organisation
from core.accounts.actions.services import store_mail_server, store_model_endpoint
from core.accounts.models import Organisation, Role
from core.gateways.llm.chosen import chosen_model
from core.gateways.mail.chosen import chosen_mail
from interviewer.services.forms import MailForm, ModelForm
from interviewer.services.trying import Tried, try_mail, try_model
from interviewer.settings.forms import OrganisationForm
from server.i18n import _
from server.pages import page
from server.request import actor, now, settings, signed_in, staff, uow

team_settings = Blueprint("team_settings", __name__, url_prefix="/team/settings")


@team_settings.get("")
@staff(Role.ADMIN)
def settings_page() -> Response:
    """Everything about the organisation on one page."""
    return _show()


@team_settings.post("/organisation")
@staff(Role.ADMIN)
def save_organisation() -> Response:
    """Rename the organisation."""
    form = OrganisationForm()
    if not form.validate():
        return _show(422, organisation_form=form)
    rename_organisation(uow(), actor(), form.name.data)
    flash(_("Saved."), "good")
    return redirect("/team/settings")


@team_settings.post("/mail")
@staff(Role.ADMIN)
def save_mail() -> Response:
    """Store, try or remove the mail server, as the pressed button says."""
    if request.form.get("deed") == "remove":
        store_mail_server(uow(), actor(), settings(), None, now())
        flash(_("No mail leaves this machine any more. Mails wait on the outbox screen."), "good")
        return redirect("/team/settings#mail")
    form = MailForm()
    if not form.validate():
        return _show(422, mail_form=form)
    server = form.server(chosen_mail(uow(), settings()).server)
    if request.form.get("deed") == "try":
        return _show(mail_form=form, mail_tried=try_mail(server, form.test_to.data or email(), person_key()))
    store_mail_server(uow(), actor(), settings(), server, now())
    flash(_("Saved. Mails go out through this server from now on."), "good")
    return redirect("/team/settings#mail")


@team_settings.post("/model")
@staff(Role.ADMIN)
def save_model() -> Response:
    """Store, try or remove the model endpoint, as the pressed button says."""
    if request.form.get("deed") == "remove":
        store_model_endpoint(uow(), actor(), settings(), None, now())
        flash(_("No model is asked any more."), "good")
        return redirect("/team/settings#model")
    form = ModelForm()
    if not form.validate():
        return _show(422, model_form=form)
    endpoint = form.endpoint(chosen_model(uow(), settings()).endpoint)
    if request.form.get("deed") == "try":
        return _show(model_form=form, model_tried=try_model(endpoint, person_key()))
    store_model_endpoint(uow(), actor(), settings(), endpoint, now())
    flash(_("Saved."), "good")
    return redirect("/team/settings#model")


def email() -> str:
    """The signed-in person's own address, where a test mail goes by default."""
    person = signed_in()
    return person.email if person else ""


def person_key() -> str:
    """The key under which this person's tries are counted."""
    return str(actor().person_id)


def _show(
    status: int = 200,
    organisation_form: OrganisationForm | None = None,
    mail_form: MailForm | None = None,
    mail_tried: Tried | None = None,
    model_form: ModelForm | None = None,
    model_tried: Tried | None = None,
) -> Response:
    mail, model = chosen_mail(uow(), settings()), chosen_model(uow(), settings())
    name = uow().get_one(Organisation, actor().organisation_id).name
    unfinished = first_run(uow())
    return page(
        "settings/team.html",
        status,
        organisation_form=organisation_form or OrganisationForm(formdata=None, name=name),
        mail=mail,
        mail_form=mail_form or MailForm.showing(mail.server, email()),
        mail_tried=mail_tried,
        model=model,
        model_form=model_form or ModelForm.showing(model.endpoint),
        model_tried=model_tried,
        resume=unfinished.step if unfinished.step is not Step.DONE else None,
    )
