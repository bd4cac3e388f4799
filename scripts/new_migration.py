"""Writes a migration from the difference between the models and the newest migration.

.venv/bin/python scripts/new_migration.py "what changes and why"
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from alembic import command

from core.base.db import make_engine
from core.base.migrations import alembic_config, upgrade
from runtime.embedded import start_postgres, temporary_state


def main(message: str) -> None:
    """Start a throw-away PostgreSQL, migrate it to the newest revision and let Alembic compare."""
    with temporary_state() as state:
        server = start_postgres(state, durable=False)
        try:
            engine = make_engine(server.url, 2)
            upgrade(engine)
            with engine.connect() as connection:
                number = len(list((Path("migrations") / "versions").glob("[0-9]*.py"))) + 1
                command.revision(
                    alembic_config(connection), message, autogenerate=True, rev_id=f"{number:04d}"
                )
            engine.dispose()
        finally:
            server.stop()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
