"""Joining by a colleague's link: a new account, an old one, and links that are over."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from core.accounts.actions.invitations import invite_colleague, revoke_invitation
from core.accounts.actions.people import NewAccount, create_account
from core.accounts.models import ColleagueInvitation, Membership, Person, Role
from core.base.clock import utc_now
from core.base.limits import Limit
from tests.factories import make_member, make_organisation

NEW = {"name": "Daniel Brandt", "password": "four words in a row"}


@pytest.fixture
def admin(session, organisation):
    return make_member(session, organisation, Role.ADMIN)


@pytest.fixture
def token(session, admin):
    made = invite_colleague(session, admin, "Daniel@Example.org", [Role.RECRUITER], utc_now())
    session.commit()
    return made.token


def roles_of(session, email, organisation):
    query = select(Membership).join(Person, Person.id == Membership.person_id)
    query = query.where(Person.email_normalised == email, Membership.organisation_id == organisation.id)
    row = session.scalar(query.execution_options(populate_existing=True))
    return None if row is None or row.ended_at else row.roles


def test_a_new_account_joins_signed_in_and_the_link_is_used_up(client, web, token, session, organisation):
    page = client.get(f"/invited/{token}")
    assert page.status_code == 200
    assert "Daniel@Example.org" in page.text
    client.set_cookie("time_zone", "Europe/Oslo")
    assert client.post(f"/invited/{token}/account", data=NEW).headers["Location"] == "/team/assessments"
    assert roles_of(session, "daniel@example.org", organisation) == ["recruiter"]
    assert session.scalar(select(Person.time_zone).where(Person.email_normalised == "daniel@example.org")) == "Europe/Oslo"
    assert client.get("/settings").status_code == 200
    assert web.client().get(f"/invited/{token}").status_code == 410
    assert web.client().post(f"/invited/{token}/account", data={**NEW, "name": "Eve"}).status_code == 410


def test_somebody_signed_in_joins_as_themselves(client, as_staff, token, session, organisation):
    elsewhere = as_staff(Role.INTERVIEWER, of=make_organisation(session, "Elsewhere"), name="Daniel at work")
    page = elsewhere.get(f"/invited/{token}")
    assert "Join as Daniel at work" in page.text
    assert elsewhere.post(f"/invited/{token}").status_code == 302
    assert elsewhere.get("/team/people").status_code == 200
    assert "Harbourline" in elsewhere.get("/settings").text
    assert client.post(f"/invited/{token}").headers["Location"] == f"/invited/{token}"


def test_an_account_of_the_invited_address_must_sign_in(client, token, session):
    create_account(session, NewAccount("Daniel", "daniel@example.org", "other words in a row"), utc_now())
    session.commit()
    assert f"/sign-in?next=/invited/{token}" in client.get(f"/invited/{token}").text
    refused = client.post(f"/invited/{token}/account", data=NEW)
    assert refused.status_code == 422


@pytest.mark.parametrize("wrong", [{"name": ""}, {"password": "short"}, {"password": "daniel@example.org"}, {"name": "x" * 400}])
def test_a_refused_account_uses_nothing_up(client, token, session, wrong):
    assert client.post(f"/invited/{token}/account", data={**NEW, **wrong}).status_code == 422
    assert session.scalar(select(ColleagueInvitation)).accepted_at is None
    assert client.post(f"/invited/{token}/account", data=NEW).status_code == 302


def test_links_that_are_over_or_never_were(client, token, admin, session, monkeypatch):
    assert client.get("/invited/rubbish").status_code == 404
    assert client.get(f"/invited/{'x' * 5000}").status_code == 404
    row = session.scalar(select(ColleagueInvitation))
    revoke_invitation(session, admin, row.uuid, utc_now())
    session.commit()
    gone = client.get(f"/invited/{token}")
    assert gone.status_code == 410
    assert "Ask Priya Raman" in gone.text
    fresh = invite_colleague(session, admin, "d@example.org", [Role.ADMIN], utc_now() - dt.timedelta(days=8))
    session.commit()
    assert client.get(f"/invited/{fresh.token}").status_code == 410


def test_a_second_invitation_ends_the_first(client, token, admin, session):
    second = invite_colleague(session, admin, "daniel@EXAMPLE.org", [Role.ADMIN], utc_now())
    session.commit()
    assert client.get(f"/invited/{token}").status_code == 410
    assert client.get(f"/invited/{second.token}").status_code == 200


def test_somebody_who_was_removed_may_come_back_with_new_roles(client, token, admin, session, organisation):
    client.post(f"/invited/{token}/account", data=NEW)
    row = session.scalar(select(Membership).order_by(Membership.id.desc()))
    row.ended_at = utc_now()
    session.commit()
    assert client.get("/team/people").status_code == 403
    again = invite_colleague(session, admin, "daniel@example.org", [Role.INTERVIEWER], utc_now())
    session.commit()
    assert client.post(f"/invited/{again.token}").status_code == 302
    assert roles_of(session, "daniel@example.org", organisation) == ["interviewer"]


def test_the_link_is_never_stored(token, session):
    row = session.scalar(select(ColleagueInvitation))
    assert token not in str(vars(row))


def test_guessing_links_ends_in_a_limit(client, monkeypatch):
    monkeypatch.setattr("portal.invited.views.LINK_PER_ADDRESS", Limit("link_address", 20, 600))
    statuses = [client.get(f"/invited/guess-{number}").status_code for number in range(21)]
    assert statuses[-1] == 429
    assert statuses[0] == 404
