"""The whole web application on the rolled-back database, and browsers that are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO

import interviewer
import portal
from core.accounts.actions.sessions import open_session
from core.accounts.actor import Actor, Origin
from core.accounts.models import Organisation, Role
from core.accounts.tokens import Access, new_access_token
from core.assessments.models import Attempt, AttemptDevice
from core.base.clock import utc_now
from core.base.db import Database
from core.base.ids import new_token, token_hash
from core.base.limits import Limiter
from core.settings import Settings
from core.wiring import Wiring
from server.app import create_app
from server.identity import ACCESS_COOKIE, REFRESH_COOKIE, device_cookie
from server.sockets import make_sockets
from tests.factories import make_assessment, make_attempt, make_member, make_organisation

SECRET = "a secret key for tests, long enough to be one"


@dataclass
class Web:
    """The application with its doors; ``client()`` is a fresh browser."""

    app: Flask
    sockets: SocketIO
    wiring: Wiring

    def client(self) -> FlaskClient:
        return self.app.test_client()


def make_web(services: Any, database: Database, redis: Any, **changes: Any) -> Web:
    """The web application on any database; ``changes`` are settings."""
    settings = Settings(
        database_url=services.database_url,
        redis_url=services.redis_url,
        secret_key=SECRET,
        **{"setup_token": "let me in", **changes},
    )
    wiring = Wiring(settings, database, redis, Limiter("memory://"))
    app = create_app(wiring, testing=True, unbuilt_ok=True)
    app.config["WTF_CSRF_ENABLED"] = False
    sockets = make_sockets(app, wiring, async_mode="threading")
    portal.mount(app, sockets)
    interviewer.mount(app, sockets)
    return Web(app, sockets, wiring)


@pytest.fixture
def web(services: Any, database: Database, redis: Any) -> Web:
    """The application; CSRF is off except in the tests that are about it."""
    return make_web(services, database, redis)


@pytest.fixture
def client(web: Web) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return web.client()


@pytest.fixture
def organisation(session: Any) -> Organisation:
    """The organisation that as_staff and as_candidate belong to."""
    made = make_organisation(session)
    session.commit()
    return made


def sign_in_client(web: Web, actor: Actor) -> FlaskClient:
    """A browser with the cookies of a fresh session of ``actor``."""
    now = utc_now()
    with web.wiring.database.unit_of_work() as session:
        opened = open_session(session, actor.person_id, now, Origin("127.0.0.1"), "tests")
    client = web.client()
    token = new_access_token(SECRET, Access(opened.session_id, opened.person_id), now)
    client.set_cookie(ACCESS_COOKIE, token)
    client.set_cookie(REFRESH_COOKIE, f"{opened.session_id}.{opened.refresh_token}")
    client.actor = actor
    return client


@pytest.fixture
def as_staff(web: Web, session: Any, organisation: Organisation) -> Callable[..., FlaskClient]:
    """``as_staff(Role.ADMIN)``: a browser of a new member; ``.actor`` is who it is. ``of`` names another organisation."""

    def sign_in(*roles: Role, of: Organisation | None = None, name: str = "Priya Raman") -> FlaskClient:
        actor = make_member(session, of or organisation, *roles, name=name)
        session.commit()
        return sign_in_client(web, actor)

    return sign_in


@pytest.fixture
def as_candidate(web: Web, session: Any, organisation: Organisation) -> Callable[..., FlaskClient]:
    """``as_candidate()``: a browser let in to a new attempt, or to ``attempt``; ``.attempt`` is the row."""

    def let_in(attempt: Attempt | None = None) -> FlaskClient:
        made = attempt or make_attempt(session, make_assessment(session, organisation), started_at=utc_now())
        token = new_token()
        session.add(AttemptDevice(attempt_id=made.id, token_hash=token_hash(token), how="start"))
        session.commit()
        client = web.client()
        client.set_cookie(device_cookie(made.uuid), token)
        client.attempt = made
        return client

    return let_in
