"""The real server (gunicorn, gevent, Redis message queue): hints from other processes arrive, revoked sockets are cut."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from simple_websocket import Client, ConnectionClosed

from core.accounts.actions.sessions import end_session, open_session
from core.accounts.actor import Origin
from core.accounts.models import Organisation, Role
from core.accounts.tokens import Access, new_access_token
from core.base.clock import utc_now
from core.base.realtime import hint
from core.settings import Settings
from core.wiring import tell_sockets
from tests.factories import make_member, make_organisation
from tests.web import SECRET

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Served:
    """A running server and the services behind it."""

    port: int
    settings: Settings


@pytest.fixture(scope="module")
def server(services, engine) -> Iterator[Served]:
    """One gunicorn for all tests of this file; ``engine`` has migrated the database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "PROOFROOM_SECRET_KEY": SECRET,
    }
    argv = [sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--no-control-socket", "--log-level", "warning",
            "--graceful-timeout", "2",
            "--bind", f"127.0.0.1:{port}", "tests.server.served:app"]  # fmt: skip
    with subprocess.Popen(argv, cwd=ROOT, env=environment) as process:
        try:
            wait_for(port)
            settings = Settings(
                database_url=services.database_url, redis_url=services.redis_url, secret_key=SECRET
            )
            yield Served(port, settings)
        finally:
            process.terminate()


@pytest.fixture
def served(server, real_database, redis) -> Served:
    """The server, a database that is emptied afterwards, and this process wired to tell it."""
    tell_sockets(server.settings, redis)
    return server


def wait_for(port: int) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2):
                return
        except OSError:  # gunicorn listens before its worker is up
            time.sleep(0.1)
    raise TimeoutError


class Page:
    """A browser's page with an open socket, as far as Engine.IO and Socket.IO go: text frames only."""

    def __init__(self, served: Served, cookie: str, **headers: str) -> None:
        url = f"ws://127.0.0.1:{served.port}/socket.io/?EIO=4&transport=websocket"
        self.socket = Client(url, headers={"Cookie": cookie, **headers})
        # Sent before the greeting is read: this client looks at a greeting that came with the handshake only when more
        # arrives.
        self.socket.send("40")
        assert self.next().startswith("0")
        self.answer = self.next()

    def next(self, seconds: float = 10) -> str | None:
        """The next frame that is no ping; None when the server closed the socket."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                frame = self.socket.receive(left)
            except ConnectionClosed:
                return None
            if frame == "2":
                self.socket.send("3")
            elif frame is not None:
                return frame
        raise TimeoutError


def cookie_of(opened) -> str:
    token = new_access_token(SECRET, Access(opened.session_id, opened.person_id), utc_now())
    return f"access={token}"


@pytest.fixture
def member(real_database):
    with real_database.unit_of_work() as session:
        organisation = make_organisation(session)
        actor = make_member(session, organisation, Role.RECRUITER)
        opened = open_session(session, actor.person_id, utc_now(), Origin(), "tests")
    return organisation, actor, opened


def test_a_hint_of_another_process_arrives(served, member, real_database):
    organisation, _actor, opened = member
    page = Page(served, cookie_of(opened))
    assert page.answer.startswith("40{")
    with real_database.unit_of_work() as session:
        hint(session, f"org:{organisation.uuid}", "mail.changed", mail="1")
    assert page.next() == '42["mail.changed",{"mail":"1"}]'
    page.socket.close()


def test_revoking_a_session_cuts_its_socket_and_no_other(served, member, real_database):
    organisation, actor, opened = member
    with real_database.unit_of_work() as session:
        second = open_session(session, actor.person_id, utc_now(), Origin(), "tests")
    cut, kept = Page(served, cookie_of(opened)), Page(served, cookie_of(second))
    with real_database.unit_of_work() as session:
        end_session(session, actor.person_id, opened.session_id, utc_now(), Origin())
    assert cut.next() in ("41", None)
    with real_database.unit_of_work() as session:
        hint(session, f"org:{organisation.uuid}", "mail.changed")
    assert kept.next().startswith('42["mail.changed"')
    refused = Page(served, cookie_of(opened))
    assert refused.answer.startswith("44")
    assert json.loads(refused.answer[2:])["message"] == "sign_in_needed"
    for page in (cut, kept, refused):
        page.socket.close()


@pytest.mark.parametrize(
    ("transport", "origin"), [("websocket", "https://evil.example"), ("polling", "http://127.0.0.1")]
)
def test_no_socket_for_another_sites_page_and_none_without_websocket(served, member, transport, origin):
    url = f"http://127.0.0.1:{served.port}/socket.io/?EIO=4&transport={transport}"
    asked = urllib.request.Request(url, headers={"Cookie": cookie_of(member[2]), "Origin": origin})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=5)
    caught.value.close()
    assert caught.value.code == 400


def test_healthz_of_a_served_application(served, real_database):
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=5) as answer:
        assert json.loads(answer.read())["setup_needed"] is True
    with real_database.unit_of_work() as session:
        session.add(Organisation(name="One"))
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=5) as answer:
        assert json.loads(answer.read())["setup_needed"] is False
