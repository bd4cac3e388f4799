"""Migrations go up, down and up again over rows, end at the models, and run once when two start together."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from core.accounts.models import Role
from core.base.db import make_engine
from core.base.migrations import LOCK, alembic_config, downgrade, newest_revision, upgrade
from core.tables import metadata
from tests import factories
from tests.architecture.tiny import ROOT


@pytest.fixture
def empty_engine(services) -> Iterator[Engine]:
    """An engine on a database of its own, without a table; the server is that of the other tests."""
    name = f"migrations_{uuid.uuid4().hex}"
    admin = make_engine(services.database_url, 1)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        engine = make_engine(str(admin.url.set(database=name).render_as_string(hide_password=False)), 4)
        yield engine
        engine.dispose()
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def revisions() -> list[str]:
    """Every revision, oldest first."""
    found = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [script.revision for script in found][::-1]


def seed(engine: Engine) -> None:
    """Rows as the application makes them, tied to each other by their keys."""
    with Session(engine) as session:
        organisation = factories.make_organisation(session)
        factories.make_member(session, organisation, Role.ADMIN)
        assessment = factories.make_assessment(session, organisation)
        factories.make_invitation(session, assessment)
        factories.make_attempt(session, assessment)
        factories.make_pack_version(session)
        session.commit()


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table that is there."""
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in names}


def differences(engine: Engine) -> list[object]:
    """What Alembic would change to reach the models."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        return compare_metadata(context, metadata)


def test_the_migrated_schema_is_that_of_the_models(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    assert differences(empty_engine) == []


def test_a_column_that_no_migration_makes_is_seen(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("ALTER TABLE people DROP COLUMN theme"))
        connection.execute(text("DROP INDEX ix_mails_due"))
    assert {str(d[0]) for d in differences(empty_engine)} == {"add_column", "add_index"}


def test_every_step_goes_down_and_up_again_over_rows(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    seed(empty_engine)
    before = counts(empty_engine)
    assert sum(1 for rows in before.values() if rows) > 10
    for earlier in revisions()[-2::-1]:
        downgrade(empty_engine, earlier)
    upgrade(empty_engine)
    assert counts(empty_engine) == before, "a step lost rows of a table that stays"
    downgrade(empty_engine, "base")
    assert set(counts(empty_engine)) <= {"alembic_version"}
    upgrade(empty_engine)
    assert differences(empty_engine) == []
    seed(empty_engine)


def test_nothing_but_tables_is_left_below(empty_engine: Engine) -> None:
    """Types, sequences and functions that a step forgot would make the next upgrade fail."""
    upgrade(empty_engine)
    downgrade(empty_engine, "base")
    with empty_engine.connect() as connection:
        left = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION"
                " SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace UNION"
                " SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
        ).scalars()
        assert [name for name in left if "alembic_version" not in name] == []


def test_a_starter_waits_for_the_one_before_it(empty_engine: Engine) -> None:
    with empty_engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        holder.commit()
        second = threading.Thread(target=upgrade, args=(empty_engine,), daemon=True)
        second.start()
        second.join(1.5)
        assert second.is_alive()
        assert counts(empty_engine) == {}
        holder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        holder.commit()
    second.join(60)
    assert not second.is_alive()
    assert differences(empty_engine) == []


def test_two_processes_that_start_together_migrate_once(empty_engine: Engine) -> None:
    program = (
        "import sys; from core.base.db import make_engine; from core.base.migrations import upgrade;"
        "upgrade(make_engine(sys.argv[1], 1))"
    )
    url = empty_engine.url.render_as_string(hide_password=False)
    starters = [
        subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [starter.communicate(timeout=120)[1] for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0], errors
    assert differences(empty_engine) == []
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest_revision()]
