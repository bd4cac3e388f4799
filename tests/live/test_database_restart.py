"""PostgreSQL dies under people at work and comes back: what was acknowledged is there, and the page just goes on."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace

import pytest

from core.base.clock import utc_now
from core.base.db import Database, make_engine
from core.base.heartbeats import Heartbeat
from core.base.migrations import upgrade
from core.workspaces.queries import files_of
from runtime.embedded import start_postgres, start_redis, temporary_state
from tests.live.conftest import new_candidate
from tests.live.pages import LivePage, until
from tests.live.webserver import WebServer
from tests.live.wire import Lost

# The websocket library leaves its socket open when the server dies between connecting and greeting.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def stack():
    """PostgreSQL that keeps what it acknowledged, Redis and a web process of these tests' own."""
    with temporary_state() as state:
        postgres, redis = start_postgres(state, durable=True), start_redis(state)
        engine = make_engine(postgres.url, 2)
        server = WebServer(SimpleNamespace(database_url=postgres.url, redis_url=redis.url), state)
        try:
            upgrade(engine)
            server.start()
            yield SimpleNamespace(postgres=postgres, database=Database(engine), server=server)
        finally:
            server.kill()
            engine.dispose()
            redis.stop()
            postgres.stop()


def kill(postgres):
    """kill -9 of the whole of PostgreSQL, as far as it has a pid."""
    pid = int((postgres.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    postgres.stop()


def test_a_killed_database_loses_nothing_that_was_acknowledged(stack):
    work = new_candidate(stack.database)
    page = LivePage(work.workspace, work.cookies)
    page.connect(stack.server.url)
    kept = [f"word{number}" for number in range(20) if page.type("main.py", f"word{number} ")["ok"]]
    kill(stack.postgres)
    refused = page.type("main.py", "unsaved ")
    assert refused["problem"]["status"] == 503, "nothing is called saved while nothing can be stored"
    stack.postgres.start()

    def back():
        try:
            return bool(page.join())
        except (AssertionError, Lost):
            return False

    until(back, within=20)
    with stack.database.reading() as session:
        words = files_of(session, work.workspace_id)["main.py"].decode().split()
    assert words == ["unsaved", *reversed(kept), "start"]
    page.close()


def test_the_web_process_shows_that_it_lives(stack):
    def beats():
        with stack.database.reading() as session:
            row = session.get(Heartbeat, "web")
            return None if row is None else (row.started_at, row.at)

    until(lambda: beats() is not None)
    started, seen = beats()
    assert (utc_now() - seen).total_seconds() < 10
    stack.server.kill()
    stack.server.start()
    until(lambda: beats()[0] > started, within=10)
