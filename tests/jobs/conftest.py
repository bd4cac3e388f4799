"""A real sandboxd and a process context on the real database, for tests of jobs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.base.clock import utc_now
from core.base.db import Database
from core.base.limits import Limiter
from core.gateways.runner.client import SandboxRunner
from core.runs.actions import put_runner_status
from core.settings import Settings
from core.wiring import Wiring
from jobs import start
from tests.conftest import Services
from tests.sandbox.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0


class Sandboxd:
    """``python -m sandbox`` on bubblewrap, the engine that needs no images."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "s"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [sys.executable, "-m", "sandbox", "--engine", "bubblewrap", "--slots", "2",
                "--socket", str(self.socket), "--state", str(self.folder / "state")]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log)

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(20)
            self.process = None

    def await_ready(self) -> None:
        """Wait until every language is ready or known not to be; skip the test where no engine is possible."""
        runner = SandboxRunner(str(self.socket))
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            state = runner.status()
            settled = state.languages and all(each.state != "preparing" for each in state.languages)
            if state.engine != "off" and settled:
                return
            time.sleep(0.1)
        missing(f"no sandbox engine: {state.reason} {(self.folder / 'log').read_text()[-500:]}")


@pytest.fixture(scope="session")
def _sandboxd() -> Iterator[Sandboxd]:
    with tempfile.TemporaryDirectory(prefix="pr-sb-") as folder:
        Path(folder).chmod(0o755)
        daemon = Sandboxd(Path(folder))
        daemon.start()
        yield daemon
        daemon.stop()


@pytest.fixture
def sandboxd(_sandboxd: Sandboxd) -> Sandboxd:
    """A running sandboxd with its languages ready."""
    if _sandboxd.process is None or _sandboxd.process.poll() is not None:
        _sandboxd.start()
    _sandboxd.await_ready()
    return _sandboxd


@pytest.fixture
def make_wiring(services: Services, real_database: Database, redis: Any) -> Callable[..., Wiring]:
    """A process context on the test's own services; ``sandbox_socket`` empty is a deployment without a sandbox."""

    def make(sandbox_socket: str = "") -> Wiring:
        settings = Settings(
            database_url=services.database_url,
            redis_url=services.redis_url,
            secret_key="x" * 32,
            sandbox_socket=sandbox_socket,
        )
        wiring = Wiring(settings, real_database, redis, Limiter("memory://"))
        start.use_wiring(wiring)
        return wiring

    return make


@pytest.fixture
def wiring(make_wiring: Callable[..., Wiring], sandboxd: Sandboxd) -> Wiring:
    """The context of a worker beside a ready sandbox, which has reported itself."""
    wiring = make_wiring(str(sandboxd.socket))
    with wiring.database.unit_of_work() as session:
        put_runner_status(session, "test", wiring.runner.status(), utc_now())
    return wiring
