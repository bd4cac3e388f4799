"""One child process with a log file, for callers that have no supervisor (tests, one-off commands)."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from runtime.errors import CannotStart
from runtime.process import child_setup, kill_group


class Child:
    """Starts `argv` in its own session, dying with this process; its output goes to `log`."""

    def __init__(self, name: str, argv: list[str], *, log: Path, environment: dict[str, str] | None = None,
                 user: pwd.struct_passwd | None = None, stop_signal: int = signal.SIGTERM) -> None:  # fmt: skip
        self.name, self.argv, self.log, self.user = name, argv, log, user
        self.stop_signal, self.environment = stop_signal, environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], bool], timeout_seconds: float = 30) -> None:
        """Start and wait until `ready()`. Raises CannotStart with the end of the log."""
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd="/",
                env=dict(os.environ) if self.environment is None else self.environment,
                preexec_fn=child_setup(self.user, self.stop_signal))  # fmt: skip
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise CannotStart(f"{self.name} did not start: {self.log.read_text(errors='replace')[-2000:].strip()}")
            time.sleep(0.02)

    def stop(self, grace_seconds: float = 10) -> None:
        """Ask it to end, then kill its whole group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            kill_group(self.process.pid)
            self.process.wait()
        self.process = None
