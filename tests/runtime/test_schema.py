"""The short cut around the migration step must never say "newest" when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.db import make_engine
from core.base.migrations import newest_revision, upgrade
from runtime.embedded import EmbeddedPostgres, start_postgres
from runtime.schema import is_newest, newest, stored
from tests.runtime.harness import ROOT

VERSIONS = ROOT / "migrations" / "versions"


@pytest.fixture
def server(state: Path) -> Iterator[EmbeddedPostgres]:
    found = start_postgres(state, durable=False)
    yield found
    found.stop()


def test_our_reading_of_the_files_agrees_with_alembic() -> None:
    assert newest(VERSIONS) == newest_revision()


def test_an_empty_database_is_not_the_newest(server: EmbeddedPostgres) -> None:
    assert stored(server) == []
    assert not is_newest(server, VERSIONS)


def test_a_migrated_database_is_the_newest_until_a_file_is_added(server: EmbeddedPostgres, tmp_path: Path) -> None:
    engine = make_engine(server.url, 1)
    upgrade(engine)
    engine.dispose()
    assert is_newest(server, VERSIONS)
    for path in VERSIONS.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "later.py").write_text(f'revision: str = "later"\ndown_revision: str | None = "{newest(VERSIONS)}"\n')
    assert newest(tmp_path) == "later"
    assert not is_newest(server, tmp_path)


def test_two_heads_are_no_answer(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('revision = "a"\ndown_revision = None\n')
    (tmp_path / "b.py").write_text('revision = "b"\ndown_revision = None\n')
    assert newest(tmp_path) is None
