"""One's own settings: preferences, password, browsers, organisations."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from core.accounts.actions.people import NewAccount, create_account
from core.accounts.models import AccountSession, Membership, Person, Role
from core.base.clock import utc_now
from core.base.realtime import set_closer
from server.identity import REFRESH_COOKIE
from tests.factories import make_organisation

PASSWORD = "four words in a row"
WANTED = {"name": "Ada", "locale": "en", "time_zone": "Europe/Oslo", "theme": "dark"}


@pytest.fixture
def ada(session, organisation):
    person = create_account(session, NewAccount("Ada", "ada@example.org", PASSWORD), utc_now())
    session.add(Membership(organisation_id=organisation.id, person_id=person.id, roles=[Role.RECRUITER]))
    session.commit()
    return person


@pytest.fixture
def browser(web, ada):
    """A second call gives a second browser of the same person."""

    def sign_in():
        client = web.client()
        client.post(
            "/sign-in",
            data={"email": "ada@example.org", "password": PASSWORD},
            headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"},
        )
        return client

    return sign_in


def test_preferences_are_kept_and_shown_at_once(browser, ada, session):
    client = browser()
    client.set_cookie("theme", "light")
    assert client.post("/settings", data={**WANTED, "name": "  Ada \u202e Lovelace "}).status_code == 302
    session.refresh(ada)
    assert (ada.name, ada.time_zone, ada.theme, ada.single_keys) == ("Ada  Lovelace", "Europe/Oslo", "dark", False)
    text = client.get("/settings").text
    assert 'data-theme="dark"' in text
    assert 'data-time-zone="Europe/Oslo"' in text
    assert 'data-shortcuts="off"' in text


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "   "}, {"name": "x" * 121}, {"time_zone": "Moon/Sea"}, {"locale": "xx"}, {"theme": "neon"}],
)
def test_what_makes_no_sense_is_refused_and_kept_on_the_page(browser, ada, session, wrong):
    answer = browser().post("/settings", data={**WANTED, **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text or "error-text" in answer.text
    session.refresh(ada)
    assert ada.time_zone == "UTC"


def test_a_name_with_markup_is_text_everywhere(browser):
    client = browser()
    client.post("/settings", data={**WANTED, "name": "<img src=x onerror=alert(1)>"})
    for path in ("/settings", "/team/people"):
        text = client.get(path).text
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_a_new_password_signs_out_the_other_browsers(browser, session):
    here, there = browser(), browser()
    closed = []
    set_closer(closed.append)
    form = {"current_password": PASSWORD, "new_password": "five other words in a row"}
    assert here.post("/settings/password", data=form).status_code == 302
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 302
    assert len(closed) == 1
    again = browser()
    assert again.get_cookie(REFRESH_COOKIE) is None, "the old password is over"


@pytest.mark.parametrize(
    ("current", "wanted", "says"),
    [
        ("wrong", "five other words", "not your current password"),
        (PASSWORD, "tiny one", "at least 10 characters"),
        (PASSWORD, "aaaaaaaaaaaa", "first anybody would guess"),
        (PASSWORD, "ada@example.org", "not a password"),
        (PASSWORD, "x" * 201, "200 characters"),
    ],
)
def test_passwords_that_will_not_do(browser, current, wanted, says):
    answer = browser().post("/settings/password", data={"current_password": current, "new_password": wanted})
    assert answer.status_code == 422
    assert says in answer.text
    assert wanted not in answer.text or wanted == "ada@example.org"


def test_browsers_are_listed_and_ended_one_by_one_or_all(browser, session):
    here, there = browser(), browser()
    assert here.get("/settings").text.count("Firefox on Linux") == 2
    other = session.scalars(select(AccountSession).order_by(AccountSession.id.desc())).first()
    assert here.post(f"/settings/browsers/{other.id}/end").status_code == 302
    assert there.get("/settings").status_code == 302
    assert here.post(f"/settings/browsers/{other.id}/end").status_code == 404, "it is over already"
    third = browser()
    assert third.post("/settings/browsers/end-all").headers["Location"] == "/sign-in"
    assert here.get("/settings").status_code == 302


def test_nobody_ends_a_strangers_browser(browser, as_staff, session):
    here, stranger = browser(), as_staff(Role.ADMIN)
    row = session.scalars(select(AccountSession).order_by(AccountSession.created_at)).first()
    assert stranger.post(f"/settings/browsers/{row.id}/end").status_code == 404
    assert here.get("/settings").status_code == 200


def test_switching_between_organisations_and_only_ones_own(browser, ada, session):
    client = browser()
    second, foreign = make_organisation(session, "Second & Sons"), make_organisation(session, "Foreign")
    session.add(Membership(organisation_id=second.id, person_id=ada.id, roles=[Role.ADMIN]))
    session.commit()
    assert client.get("/team/audit").status_code == 403, "a recruiter here"
    assert client.post("/settings/organisation", data={"organisation": second.uuid}).status_code == 302
    page = client.get("/team/audit")
    assert page.status_code == 200
    assert "Second &amp; Sons" in page.text
    for wrong in (foreign.uuid, uuid.uuid4(), "x"):
        assert client.post("/settings/organisation", data={"organisation": wrong}).status_code == 404
    client.set_cookie("organisation", str(foreign.uuid))
    assert client.get("/team/audit").status_code == 403, "a forged cookie falls back to the first own one"


def test_somebody_without_any_organisation_is_told_so(browser, ada, session):
    client = browser()
    session.scalars(select(Membership)).one().ended_at = utc_now()
    session.commit()
    answer = client.get("/settings")
    assert answer.status_code == 403
    assert "do not belong to any organisation" in answer.text
    assert 'action="/sign-out"' in answer.text
    assert session.get(Person, ada.id)
