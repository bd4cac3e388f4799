"""Every form and every script request carries a token that other sites cannot know."""

from __future__ import annotations

import re

import pytest

from core.accounts.models import Role


@pytest.fixture
def guarded(web):
    web.app.config["WTF_CSRF_ENABLED"] = True
    return web


def token_of(client):
    return re.search(r'name="csrf-token" content="([^"]+)"', client.get("/sign-in").text)[1]


def test_without_a_token_nothing_is_done(guarded):
    client = guarded.client()
    page = client.post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert page.status_code == 400
    assert "Reload it and send again" in page.text
    asked = client.post("/sign-in", json={}, headers={"Accept": "application/json"})
    assert asked.json["code"] == "csrf"


def test_with_a_token_in_the_form_or_in_the_header(guarded):
    client = guarded.client()
    token = token_of(client)
    assert client.post("/sign-in", data={"csrf_token": token}).status_code == 422
    assert client.post("/sign-in", headers={"X-CSRFToken": token}).status_code == 422


def test_a_token_of_another_browser_is_refused(guarded):
    mine, theirs = guarded.client(), guarded.client()
    stolen = token_of(theirs)
    token_of(mine)
    assert mine.post("/sign-in", data={"csrf_token": stolen}).status_code == 400
    assert mine.post("/sign-in", data={"csrf_token": "rubbish"}).status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_changing_method_is_left_out(guarded, method):
    assert getattr(guarded.client(), method)("/sign-in").status_code in (400, 405)


def test_every_form_of_our_pages_carries_the_token(guarded, as_staff):
    client = as_staff(Role.ADMIN)
    for path in ("/settings", "/team/people", "/team/settings", "/set-up/mail", "/set-up/model", "/set-up/assessment"):
        text = client.get(path).text
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
            assert 'name="csrf_token" value="' in form, path
