"""The deployment as the doctor reaches it: nothing waits longer than a few seconds for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from redis import Redis
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from core.base.clock import utc_now
from core.base.redis import connect_redis
from core.gateways.runner.client import SandboxRunner
from core.gateways.runner.offline import OfflineRunner
from core.gateways.runner.port import Runner
from core.settings import Settings

CONNECT_SECONDS = 3
STATEMENT_MS = 5000


class Deployment:
    """The settings and, made when first asked for, the ways to database, Redis and sandbox."""

    def __init__(self, settings: Settings, now: Callable[[], dt.datetime] = utc_now) -> None:
        self.settings, self.now = settings, now

    @cached_property
    def engine(self) -> Engine:
        """Connections that are not kept: a report lasts seconds."""
        options = f"-c statement_timeout={STATEMENT_MS} -c timezone=UTC"
        arguments = {
            "connect_timeout": CONNECT_SECONDS,
            "options": options,
            "application_name": "proofroom doctor",
        }
        return create_engine(self.settings.database_url, poolclass=NullPool, connect_args=arguments)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is rolled back. Raises SQLAlchemyError when nobody answers."""
        with Session(self.engine) as session:
            yield session
            session.rollback()

    @cached_property
    def redis(self) -> Redis:
        """A client with bounded waits."""
        return connect_redis(self.settings.redis_url)

    @cached_property
    def runner(self) -> Runner:
        """The sandbox, through the gateway like everybody else."""
        socket = self.settings.sandbox_socket
        return SandboxRunner(socket) if socket else OfflineRunner()

    def close(self) -> None:
        """Give back what was opened."""
        if "redis" in self.__dict__:
            self.redis.close()
