"""One engine, one session a unit of work, one place that commits.

Actions take a session and never commit. The doors open ``unit_of_work`` once a request, socket event or job.
What must leave the process after the commit (hints to sockets, wake-ups of workers) is registered with
``after_commit`` and runs only when the commit succeeded.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, DateTime, Engine, Identity, MetaData, Uuid, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from core.base.ids import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table. ``dict`` columns are JSONB, times are timestamptz, uuids are native."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        dt.datetime: DateTime(timezone=True),
        uuid.UUID: Uuid(as_uuid=True),
    }


class Keyed:
    """A bigint key for joins inside."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)


class Addressed(Keyed):
    """A bigint key inside and a time-ordered UUID for URLs."""

    uuid: Mapped[uuid.UUID] = mapped_column(default=uuid7, unique=True)


def make_engine(url: str, pool_size: int) -> Engine:
    """An engine for one process. The pool never overflows: the sum of all pools must fit max_connections."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC",
            "application_name": "proofroom",
        },
    )


class Database:
    """The process's engine and session factory. ``session_factory`` is replaced in tests by a savepoint one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session_factory: Callable[[], Session] = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back on any exception, then tells the world."""
        session = self.session_factory()
        session.info[DATABASE] = self
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            session.info.clear()
            raise
        finally:
            session.close()
        run_after_commit(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads and is always rolled back."""
        session = self.session_factory()
        try:
            yield session
        finally:
            session.rollback()
            session.close()


DATABASE = "database"  # session.info key: the Database that opened this unit of work
_AFTER = "after_commit"


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Run ``call`` once, after this unit of work has committed; never when it rolled back."""
    session.info.setdefault(_AFTER, []).append(call)


def run_after_commit(session: Session) -> None:
    """Run and forget what was registered; the outbox makes a failure here harmless."""
    for call in session.info.pop(_AFTER, []):
        call()
