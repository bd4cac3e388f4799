"""Real PostgreSQL and Redis for every test, rows rolled back after each, no network, no stray mail."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.base.db import Database, make_engine
from core.base.migrations import upgrade
from core.base.queue import Job, set_delivery
from core.base.realtime import set_emitter
from core.tables import metadata
from runtime.embedded import start_postgres, start_redis, temporary_state


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pure`: what the other Pythons run, in seconds."""
    parser.addoption("--pure", action="store_true", help="only tests that need neither database nor Redis")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would start the services."""
    if config.getoption("pure"):
        needs = [item for item in items if "services" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if "services" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=needs)


FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, one for all browser tests: a process can hold Playwright open only once."""
    from playwright.sync_api import sync_playwright  # the other suites run where no browser is installed

    path = shutil.which("chromium") or pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Services:
    """Addresses of the services of this test process."""

    database_url: str
    redis_url: str


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """One embedded PostgreSQL and one Redis a test process (each xdist worker has its own)."""
    with temporary_state() as state:
        postgres = start_postgres(state, durable=False)
        redis = start_redis(state)
        try:
            yield Services(postgres.url, redis.url)
        finally:
            redis.stop()
            postgres.stop()


@pytest.fixture(scope="session")
def engine(services: Services) -> Iterator[Engine]:
    """An engine on a migrated database."""
    engine = make_engine(services.database_url, 10)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """A Database whose units of work are savepoints in one transaction that is rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        database = Database(engine)
        database.session_factory = lambda: Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        yield database
        outer.rollback()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session inside the rolled-back transaction, for tests of actions and queries."""
    session = database.session_factory()
    session.info["database"] = database
    yield session
    session.close()


@pytest.fixture
def real_database(engine: Engine) -> Iterator[Database]:
    """A Database that really commits, for tests with several connections; every table is emptied afterwards."""
    yield Database(engine)
    empty(engine)


def empty(engine: Engine) -> None:
    """Empty every table."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


@pytest.fixture
def redis(services: Services) -> Iterator[Redis]:
    """A Redis client; the server is emptied afterwards."""
    client = Redis.from_url(services.redis_url)
    yield client
    client.flushall()
    client.close()


@pytest.fixture(autouse=True)
def jobs() -> Iterator[list[tuple[Job, list[Any]]]]:
    """Jobs handed over by committed units of work, instead of a queue."""
    delivered: list[tuple[Job, list[Any]]] = []
    set_delivery(lambda job, arguments: delivered.append((job, arguments)))
    yield delivered


@pytest.fixture(autouse=True)
def hints() -> Iterator[list[tuple[str, str, dict[str, Any]]]]:
    """Hints (event, room, data) that committed units of work sent to open pages."""
    sent: list[tuple[str, str, dict[str, Any]]] = []
    set_emitter(lambda event, room, data: sent.append((event, room, dict(data))))
    yield sent
