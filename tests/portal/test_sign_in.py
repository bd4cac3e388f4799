"""Signing in and out, and what keeps a session alive: refreshing, two tabs at once, reuse, revocation."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from html import unescape

import pytest
from sqlalchemy import select

from core.accounts.actions.people import NewAccount, create_account
from core.accounts.models import AccountSession, Membership, Role
from core.accounts.rules import ACCESS_SECONDS, GRACE_SECONDS
from core.accounts.tokens import Access, new_access_token, read_access_token
from core.audit.models import AuditEvent
from core.base.clock import utc_now
from core.base.ids import uuid7
from core.base.realtime import set_closer
from server.identity import ACCESS_COOKIE, REFRESH_COOKIE
from tests.factories import make_organisation
from tests.web import SECRET, make_web

PASSWORD = "four words in a row"
ACCOUNT = {"email": "Ada@Example.org", "password": PASSWORD}


@pytest.fixture
def ada(session, organisation):
    """An account with a password, admin of the organisation."""
    person = create_account(session, NewAccount("Ada", "ada@example.org", PASSWORD), utc_now())
    session.add(Membership(organisation_id=organisation.id, person_id=person.id, roles=[Role.ADMIN]))
    session.commit()
    return person


def sign_in(client, **changes):
    return client.post("/sign-in", data={**ACCOUNT, **changes})


def lose_access(client):
    client.delete_cookie(ACCESS_COOKIE)


def refresh_of(client):
    return client.get_cookie(REFRESH_COOKIE).value


def later(monkeypatch, seconds):
    monkeypatch.setattr("server.request.utc_now", lambda: utc_now() + dt.timedelta(seconds=seconds))


def test_signing_in_and_out(client, ada, session):
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/team/assessments")
    cookies = {c.partition("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}
    for name in (ACCESS_COOKIE, REFRESH_COOKIE):
        assert "HttpOnly" in cookies[name]
        assert "SameSite=Lax" in cookies[name]
    assert client.get("/settings").status_code == 200
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/settings").headers["Location"] == "/sign-in?next=%2Fsettings"
    kinds = list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)))
    assert kinds == ["session.opened", "session.ended"]


def test_a_copied_access_token_ends_with_its_session(web, client, ada):
    sign_in(client)
    stolen = web.client()
    stolen.set_cookie(ACCESS_COOKIE, client.get_cookie(ACCESS_COOKIE).value)
    assert stolen.get("/settings").status_code == 200
    client.post("/sign-out")
    assert stolen.get("/settings").status_code == 302


@pytest.mark.parametrize(
    "typed",
    [{"password": "wrong"}, {"email": "nobody@example.org"}, {"password": ""}, {"email": ""}, {"password": "x" * 5000},
     {"email": "<script>alert(1)</script>@x"}],
)  # fmt: skip
def test_what_does_not_match_says_the_same_and_signs_nobody_in(client, ada, typed):
    answer = sign_in(client, **typed)
    assert answer.status_code == 422
    assert client.get_cookie(REFRESH_COOKIE) is None
    assert "<script>alert" not in answer.text


def test_unknown_address_and_wrong_password_cannot_be_told_apart(client, ada):
    texts = [
        re.sub(r'value="[^"]*"', "", sign_in(client, **typed).text)
        for typed in ({"password": "wrong wrong"}, {"email": "bob@example.org"})
    ]
    assert "do not belong to an account" in texts[0]
    numbers = re.compile(r"csrf-token.*|[0-9a-f]{32}")
    assert numbers.sub("", texts[0]) == numbers.sub("", texts[1])


def test_failures_are_in_the_audit_log_and_end_in_a_limit(client, ada, session):
    for _ in range(10):
        assert sign_in(client, password="wrong wrong").status_code == 422
    limited = sign_in(client)
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    refused = session.scalars(select(AuditEvent).where(AuditEvent.kind == "session.refused")).all()
    assert len(refused) == 10
    assert refused[0].actor_id is None
    assert refused[0].subject_name == "Ada"


def test_next_leads_only_to_our_own_pages(client, ada):
    for target, path in (("/team/people?a=1", "/team/people?a=1"), ("https://evil.example/x", "/x"), ("//evil", None)):
        answer = sign_in(client, next=target)
        assert answer.headers["Location"] == (path or "/team/assessments")
        client.post("/sign-out")


def test_refreshing_inside_a_request(client, ada):
    sign_in(client)
    first = refresh_of(client)
    lose_access(client)
    assert client.get("/settings").status_code == 200
    assert refresh_of(client) != first
    assert client.get_cookie(ACCESS_COOKIE)


def test_the_new_token_is_kept_even_when_the_view_fails(client, ada):
    sign_in(client)
    first = refresh_of(client)
    lose_access(client)
    assert client.post("/settings", data={}).status_code == 422
    second = refresh_of(client)
    assert second != first
    lose_access(client)
    assert client.get("/settings").status_code == 200


def test_a_second_tab_within_the_grace_gets_the_very_same_token(web, client, ada):
    sign_in(client)
    other = web.client()
    other.set_cookie(REFRESH_COOKIE, refresh_of(client))
    lose_access(client)
    client.get("/settings")
    assert other.get("/settings").status_code == 200
    assert refresh_of(other) == refresh_of(client)


def test_an_old_token_after_the_grace_ends_the_session_for_thief_and_owner(web, client, ada, session, monkeypatch):
    closed = []
    set_closer(closed.append)
    sign_in(client)
    thief = web.client()
    thief.set_cookie(REFRESH_COOKIE, refresh_of(client))
    lose_access(client)
    client.get("/settings")
    later(monkeypatch, GRACE_SECONDS + 1)
    assert thief.get("/settings").status_code == 302
    assert thief.get_cookie(REFRESH_COOKIE) is None
    assert client.get("/settings").status_code == 302
    row = session.scalar(select(AccountSession))
    assert closed == [f"session:{row.id}"]
    kinds = list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)))
    assert "session.reuse_found" in kinds


def test_two_tabs_refreshing_in_the_same_instant(services, real_database, redis):
    web = make_web(services, real_database, redis)
    with real_database.unit_of_work() as session:
        organisation = make_organisation(session)
        person = create_account(session, NewAccount("Ada", "ada@example.org", PASSWORD), utc_now())
        session.add(Membership(organisation_id=organisation.id, person_id=person.id, roles=[Role.ADMIN]))
    first = web.client()
    sign_in(first)
    tabs = [web.client() for _ in range(6)]
    for tab in tabs:
        tab.set_cookie(REFRESH_COOKIE, refresh_of(first))
    start, answers = threading.Barrier(len(tabs)), []

    def look(tab):
        start.wait()
        answers.append(tab.get("/settings").status_code)

    threads = [threading.Thread(target=look, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [200] * len(tabs)
    assert len({refresh_of(tab) for tab in tabs}) == 1
    lose_access(tabs[0])
    assert tabs[0].get("/settings").status_code == 200


def test_a_session_left_alone_for_two_weeks_is_over(client, ada, monkeypatch):
    sign_in(client)
    later(monkeypatch, 15 * 86_400)
    assert client.get("/settings").status_code == 302


@pytest.mark.parametrize("value", ["", "x", "no-uuid.token", "00000000-0000-0000-0000-000000000000.token", "." * 300])
def test_damaged_cookies_are_nobody(web, value):
    client = web.client()
    client.set_cookie(REFRESH_COOKIE, value)
    client.set_cookie(ACCESS_COOKIE, value)
    client.set_cookie("organisation", value)
    assert client.get("/settings").status_code == 302


def test_access_tokens_are_ours_and_short(ada):
    now = utc_now()
    access = Access(uuid7(), 7)
    token = new_access_token(SECRET, access, now)
    assert read_access_token(SECRET, token, now) == access
    assert read_access_token(SECRET, token, now + dt.timedelta(seconds=ACCESS_SECONDS)) is None
    assert read_access_token("another secret", token, now) is None
    head, body, _mark = token.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    assert read_access_token(SECRET, f"{none}.{body}.", now) is None
    assert read_access_token(SECRET, f"{head}.{body}.", now) is None


def test_what_was_typed_survives_an_expired_session(client, ada):
    sign_in(client)
    client.delete_cookie(ACCESS_COOKIE)
    client.delete_cookie(REFRESH_COOKIE)
    typed = {"email": '"><script>x</script>@example.org', "roles": ["recruiter", "interviewer"], "password": "secret words"}
    late = client.post("/team/people/invite", data=typed)
    assert late.status_code == 401
    assert "secret words" not in late.text
    assert "<script>x" not in late.text
    held = held_in(late.text)
    again = client.post("/sign-in/again", data={"next": "/team/people/invite", "held": held})
    assert held_in(again.text) == held
    wrong = sign_in(client, next="/team/people/invite", held=held, password="wrong wrong")
    assert held_in(wrong.text) == held, "a mistyped password loses nothing either"
    back = sign_in(client, next="/team/people/invite", held=held)
    assert back.status_code == 200
    assert 'action="/team/people/invite"' in back.text
    assert "<script>x" not in back.text
    assert back.text.count('name="roles"') == 2


def held_in(text):
    return unescape(re.search(r'name="held"[^>]*value="([^"]*)"', text)[1])


@pytest.mark.parametrize("held", ["{", "[]", "[1, 2]", '{"a": 1}', '[["a"]]', "null", json.dumps([["a", "b"]] * 9000)])
def test_damaged_held_forms_do_no_harm(client, ada, held):
    answer = sign_in(client, held=held)
    assert answer.status_code in (200, 302)
    assert answer.text.count("<textarea") <= 500


def test_held_fields_that_are_nested_without_end_are_dropped(client, ada):
    assert sign_in(client, held="[" * 100_000).headers["Location"] == "/team/assessments"
