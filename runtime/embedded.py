"""Embedded services for whoever needs one without the supervisor: the test session first of all.

    with temporary_state() as state:
        url = start_postgres(state, durable=False).url

Both die with the calling process, also after a `kill -9`. Call from the main thread.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from runtime.postgres import EmbeddedPostgres
from runtime.redisserver import EmbeddedRedis

__all__ = ["EmbeddedPostgres", "EmbeddedRedis", "start_postgres", "start_redis", "temporary_state"]


@contextlib.contextmanager
def temporary_state() -> Iterator[Path]:
    """A short-named folder that the services' own user can reach, removed at the end.

    pytest's `tmp_path` will not do when we are root: its parent is closed to that user.
    """
    folder = Path(tempfile.mkdtemp(prefix="proofroom-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_postgres(state: Path, *, durable: bool = True) -> EmbeddedPostgres:
    """A running PostgreSQL under `state`; stop it with `.stop()`, reach it by `.url`."""
    server = EmbeddedPostgres(state, durable=durable)
    server.start()
    return server


def start_redis(state: Path) -> EmbeddedRedis:
    """A running Redis under `state`; stop it with `.stop()`, reach it by `.url`."""
    server = EmbeddedRedis(state)
    server.start()
    return server
