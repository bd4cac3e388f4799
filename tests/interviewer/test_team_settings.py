"""The organisation's settings: name, mail server, model endpoint."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from core.accounts.models import Role
from core.audit.models import AuditEvent
from core.base.stored_settings import StoredSetting
from core.gateways.llm.endpoint import list_models
from core.gateways.llm.port import Endpoint, EndpointFailed
from tests.web import make_web, sign_in_client

SMTP = {"host": "mail.example", "port": "587", "security": "starttls", "user": "u", "password": "mail secret",
        "sender": "proof@example.org"}  # fmt: skip


@contextmanager
def model_endpoint(status=200, body=None, location="", stall_seconds=0.0):
    """A server that answers /v1/models; yields its address and the headers it was sent."""
    seen = []
    wait = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers.get("Authorization")))
            wait.wait(stall_seconds)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body if body is not None else b'{"data": [{"id": "b-model"}, {"id": "a-model"}]}')

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        wait.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_renaming(as_staff, session, organisation):
    admin = as_staff(Role.ADMIN)
    assert admin.post("/team/settings/organisation", data={"name": "New & Bold"}).status_code == 302
    assert "New &amp; Bold" in admin.get("/team/people").text
    assert admin.post("/team/settings/organisation", data={"name": " "}).status_code == 422
    row = session.scalar(select(AuditEvent))
    assert (row.kind, row.details) == ("organisation.renamed", {"before": "Harbourline"})


def test_a_mail_server_is_stored_shown_without_its_password_and_removed(as_staff, session):
    admin = as_staff(Role.ADMIN)
    assert admin.post("/team/settings/mail", data={**SMTP, "deed": "save"}).status_code == 302
    text = admin.get("/team/settings").text
    assert 'value="mail.example"' in text
    assert "mail secret" not in text
    assert admin.post("/team/settings/mail", data={"deed": "remove"}).status_code == 302
    session.expire_all()
    assert session.get(StoredSetting, "mail").value == {}
    assert "Without a mail server" in admin.get("/team/settings").text


def test_an_endpoint_is_tried_stored_and_its_key_kept_to_its_address(as_staff, session):
    admin = as_staff(Role.ADMIN)
    with model_endpoint() as (url, seen):
        form = {"base_url": url, "api_key": "model secret", "deed": "try"}
        assert "offers 2 models: a-model, b-model" in admin.post("/team/settings/model", data=form).text
        assert "has no model named other" in admin.post("/team/settings/model", data={**form, "model": "other"}).text
        assert admin.post("/team/settings/model", data={**form, "deed": "save"}).status_code == 302
        session.expire_all()
        assert "model secret" not in str(session.get(StoredSetting, "model").value)
        assert "model secret" not in admin.get("/team/settings").text
        admin.post("/team/settings/model", data={"base_url": url, "deed": "try"})
        assert seen[-1] == ("/v1/models", "Bearer model secret")
        with model_endpoint() as (other, asked):
            admin.post("/team/settings/model", data={"base_url": other, "deed": "try"})
            assert asked == [("/v1/models", None)], "the key goes only where it was meant for"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"status": 401}, "refused the key"),
        ({"status": 404}, "complete"),
        ({"status": 500}, "answered 500"),
        ({"body": b"<html>"}, "not with a list of models"),
        ({"body": b'{"data": [1]}'}, "not with a list of models"),
        ({"status": 302, "location": "http://127.0.0.1:1/"}, "answered 302"),
        ({"stall_seconds": 3}, "No answer within 0.3 seconds"),
    ],
)
def test_endpoints_that_fail_say_how(answer, says):
    with model_endpoint(**answer) as (url, _seen), pytest.raises(EndpointFailed, match="(?s).*") as caught:
        list_models(Endpoint(url, "key"), timeout_seconds=0.3)
    assert says in caught.value.reason
    assert "key'" not in repr(Endpoint(url, "key"))


def test_nobody_at_the_address():
    with pytest.raises(EndpointFailed) as caught:
        list_models(Endpoint("http://127.0.0.1:1/v1", ""))
    assert "could not be reached" in caught.value.reason


@pytest.mark.parametrize("url", ["", "ftp://x/", "file:///etc/passwd", "https://user:pass@x/", "x", "http://"])
def test_addresses_that_are_none(as_staff, session, url):
    assert as_staff(Role.ADMIN).post("/team/settings/model", data={"base_url": url, "deed": "save"}).status_code == 422
    assert session.get(StoredSetting, "model") is None


def test_what_the_environment_decides_is_shown_and_not_changed(services, database, redis, as_staff, session):
    web = make_web(services, database, redis, smtp_url="smtps://m.example", openai_base_url="https://llm.example/v1")
    admin = sign_in_client(web, as_staff(Role.ADMIN).actor)
    text = admin.get("/team/settings").text
    assert "PROOFROOM_SMTP_URL decides: m.example, port 465" in text
    assert "https://llm.example/v1" in text
    assert admin.post("/team/settings/mail", data={**SMTP, "deed": "save"}).status_code == 409
    assert admin.post("/team/settings/model", data={"base_url": "http://x/", "deed": "save"}).status_code == 409


def test_a_changed_secret_key_is_an_honest_answer(services, database, redis, as_staff, session):
    as_staff(Role.ADMIN).post("/team/settings/mail", data={**SMTP, "deed": "save"})
    row = session.get(StoredSetting, "mail")
    row.value = {**row.value, "password_sealed": json.dumps("sealed elsewhere")}
    session.commit()
    answer = as_staff(Role.ADMIN).get("/team/settings")
    assert answer.status_code == 503
    assert "PROOFROOM_SECRET_KEY" in answer.text


def test_trying_is_limited(as_staff):
    admin = as_staff(Role.ADMIN)
    form = {"base_url": "http://127.0.0.1:1/", "deed": "try"}
    assert [admin.post("/team/settings/model", data=form).status_code for _ in range(21)][-1] == 429
