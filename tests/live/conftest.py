"""Real web processes on real services, and a candidate at work in them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core.assessments.models import Attempt, AttemptDevice, AttemptTask
from core.base.clock import utc_now
from core.base.db import Database
from core.base.ids import new_token, token_hash
from core.base.realtime import hint_now
from core.base.redis import connect_redis
from core.settings import Settings
from core.wiring import tell_sockets
from core.workspaces.actions import create_workspace
from server.identity import device_cookie
from tests.conftest import empty
from tests.factories import make_assessment, make_attempt, make_organisation, make_pack_version
from tests.live.pages import LivePage
from tests.live.webserver import WebServer

# Real processes under load do not share two cores with other tests: they run one after the other, with the stacks.
LIVE = str(Path(__file__).parent)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if str(item.path).startswith(LIVE):
            item.add_marker(pytest.mark.stack)


KINDS = ("edited", "pasted", "away")
MANIFEST = {"version": 1, "kinds": [{"kind": kind, "why": "x", "keep_days": 30} for kind in KINDS]}
FILES = {"README.md": b"read only\n", "main.py": b"start\n"}


@dataclass
class Work:
    """One candidate's workspace: ids for the database, uuid and cookies for the wire."""

    attempt_id: int
    attempt_uuid: uuid.UUID
    workspace_id: int
    workspace: str
    log_id: uuid.UUID
    cookies: dict[str, str]


@pytest.fixture(scope="package")
def real_database(engine: Engine) -> Iterator[Database]:
    """Really commits, and is emptied only when the web processes are gone: emptying beside them could deadlock."""
    yield Database(engine)
    empty(engine)


@pytest.fixture(scope="package")
def first_server(
    services: Any, real_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebServer]:
    """A web process for all these tests; whoever kills it starts it again."""
    server = WebServer(services, tmp_path_factory.mktemp("web"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def second_server(
    services: Any, engine: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebServer]:
    """Another web process on the same services."""
    server = WebServer(services, tmp_path_factory.mktemp("web"))
    server.start()
    yield server
    server.kill()


def new_candidate(database: Database, **values: Any) -> Work:
    """A candidate with a seeded workspace and a browser that was let in; ``values`` are those of the attempt."""
    with database.unit_of_work() as session:
        organisation = make_organisation(session)
        assessment = make_assessment(session, organisation, manifest=MANIFEST)
        attempt = make_attempt(session, assessment, **{"started_at": utc_now(), **values})
        workspace = create_workspace(session, organisation.id, FILES, {"README.md"}, utc_now())
        task = AttemptTask(
            attempt_id=attempt.id,
            position=0,
            pack_version_id=make_pack_version(session).id,
            language="python",
            workspace_id=workspace.id,
        )
        session.add(task)
        return _work(session, attempt, workspace)


@pytest.fixture
def new_work(real_database: Database) -> Callable[..., Work]:
    """``new_work(**attempt_values)``: another candidate at work."""
    return lambda **values: new_candidate(real_database, **values)


def _work(session: Any, attempt: Attempt, workspace: Any) -> Work:
    token = new_token()
    session.add(AttemptDevice(attempt_id=attempt.id, token_hash=token_hash(token), how="start"))
    session.flush()
    cookies = {device_cookie(attempt.uuid): token}
    return Work(attempt.id, attempt.uuid, workspace.id, str(workspace.uuid), attempt.log_id, cookies)


@pytest.fixture
def work(new_work: Callable[..., Work]) -> Work:
    """A candidate at work."""
    return new_work()


@pytest.fixture
def open_page() -> Iterator[Callable[[Work, WebServer], LivePage]]:
    """``open_page(work, server)``: a joined tab; all are closed afterwards."""
    pages: list[LivePage] = []

    def make(work: Work, server: WebServer) -> LivePage:
        page = LivePage(work.workspace, work.cookies)
        pages.append(page)
        page.connect(server.url)
        return page

    yield make
    for page in pages:
        page.close()


@pytest.fixture
def wired_hints(services: Any) -> Iterator[Callable[[str, str, dict[str, Any]], None]]:
    """Hints of this test process go to the web processes, as those of a worker do."""
    settings = Settings(database_url=services.database_url, redis_url=services.redis_url, secret_key="x" * 32)
    client = connect_redis(services.redis_url)
    tell_sockets(settings, client)
    yield lambda room, event, data: hint_now(room, event, **data)
    client.close()
