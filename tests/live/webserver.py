"""gunicorn as it runs in production, on a free port, to be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.stack import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
SECRET = "a secret key for tests, long enough to be one"


class WebServer:
    """One web process. ``kill`` is kill -9 of master and worker; ``start`` serves on the same port again."""

    application = "tests.live.served:app"

    def __init__(self, services: Any, state: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = state / f"web-{self.port}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PROOFROOM_")},
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
            "PROOFROOM_SECRET_KEY": SECRET,
            "PROOFROOM_STATE_DIR": str(state),
            "PROOFROOM_DATABASE_POOL_SIZE": "8",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--workers", "1",
                "--worker-connections", "2000", "--no-control-socket", "--log-level", "warning",
                "--config", "python:server.worker_hooks", "--bind", f"127.0.0.1:{self.port}", self.application]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                argv, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url + "/healthz", timeout=2):
                    return
            except (OSError, urllib.error.URLError):
                time.sleep(0.05)
        raise AssertionError(f"the web process does not answer:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """Everything of it at once, without a chance to say good-bye."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None
