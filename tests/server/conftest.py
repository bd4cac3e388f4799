"""The web application for tests of this folder (tests/web.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.settings import Settings
from server.doctor.deployment import Deployment
from tests.server.doctors import closed_port
from tests.web import as_candidate, as_staff, client, organisation, web

__all__ = ["as_candidate", "as_staff", "client", "organisation", "web"]


@pytest.fixture
def deployment(services, engine, tmp_path) -> Iterator[Deployment]:
    """A deployment whose database and Redis are well; nothing else runs."""
    settings = Settings(
        database_url=services.database_url, redis_url=services.redis_url, secret_key="x" * 32, state_dir=tmp_path,
        sandbox_socket=str(tmp_path / "nobody"), public_url=f"http://localhost:{closed_port()}",
    )  # fmt: skip
    found = Deployment(settings)
    yield found
    found.close()
