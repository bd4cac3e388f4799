"""Alembic's entry: runs the migrations on the connection that core.base.migrations hands over."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp, DropConstraintOp, MigrationScript
from sqlalchemy import ForeignKeyConstraint

from core.tables import metadata


def tie_rings(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
    """Write the keys that two tables hold on each other as steps of their own.

    Autogenerate puts a key with ``use_alter`` into the table's creation, where it is silently left out.
    """
    for script in scripts:
        up, down = script.upgrade_ops, script.downgrade_ops
        assert up is not None
        assert down is not None
        for table in [op for op in up.ops if isinstance(op, CreateTableOp)]:
            keys = [c for c in table.columns if isinstance(c, ForeignKeyConstraint) and c.use_alter]
            table.columns = [c for c in table.columns if not any(c is key for key in keys)]
            up.ops += [CreateForeignKeyOp.from_constraint(key) for key in keys]
            down.ops[:0] = [DropConstraintOp.from_constraint(key) for key in keys]


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=False,
                  process_revision_directives=tie_rings)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
