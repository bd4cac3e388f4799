"""What the supervisor is told about one part of the stack."""

from __future__ import annotations

import pwd
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# A part without a probe counts as running again when it has lived this long: a crash loop shall not say so each time.
SETTLED_SECONDS = 3.0


def always() -> bool:
    """The readiness of a part that needs no probe: it counts as ready once it runs."""
    return True


def nothing() -> None:
    """The preparation of a part that needs none."""


def everything(_line: str) -> bool:
    """Show every line on the console."""
    return True


@dataclass(eq=False)
class Service:
    """One supervised process. `ready` and `before` run in the supervisor's own loop and must be quick."""

    name: str
    argv: list[str]
    environment: dict[str, str]
    ready: Callable[[], bool] = always
    ready_seconds: float = 60.0  # not ready by then: the start has failed
    waited: bool = True  # False: the next stage does not wait for this part
    once: bool = False  # a step: must end with 0 before the next stage
    needed: Callable[[], bool] = always  # asked when its turn comes; False: left out this time
    before: Callable[[], None] = nothing
    shows: Callable[[str], bool] = everything
    stop_signal: int = signal.SIGTERM  # how it is asked to end
    orphan_signal: int = signal.SIGTERM  # sent by the kernel when the supervisor dies
    grace_seconds: float = 10.0
    user: pwd.struct_passwd | None = None
    folder: Path | None = None  # whatever works in here belongs to this part (PostgreSQL hides all other marks)

    # What the supervisor knows about it now.
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    announced: bool = False  # said to be ready since the last start
    probe_at: float = 0.0  # the next look at `ready`
    failures: int = 0  # quick ends in a row
    restarted: bool = False
    restart_at: float | None = None
    exit_code: int | None = None
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=15))

    @property
    def seconds_up(self) -> float:
        """Seconds since the last start."""
        return time.monotonic() - self.started

    def ended(self, code: int) -> None:
        """Note the end and, unless this is a step, when to start again: 0.5 s, doubling to 15 s while it ends quickly."""
        self.process, self.exit_code, self.announced = None, code, False
        if self.once:
            return
        self.failures = self.failures + 1 if self.seconds_up < 10 else 1
        self.restart_at = time.monotonic() + self.delay_seconds
        self.restarted = True

    def probe(self) -> bool:
        """Ask `ready`, at most every 0.1 s: a probe may cost a process."""
        if self.process is None or time.monotonic() < self.probe_at:
            return False
        if self.ready is always and self.restarted and self.seconds_up < SETTLED_SECONDS:
            return False
        is_ready = self.ready()
        self.probe_at = time.monotonic() + 0.1
        return is_ready

    def news(self) -> str:
        """What the console says now that it is ready; nothing for the first start of a part without a probe."""
        if self.ready is always:
            return "runs again" if self.restarted else ""
        return f"ready ({self.seconds_up:.1f} s)"

    @property
    def delay_seconds(self) -> float:
        """The wait before the next start, after `failures` quick ends."""
        return float(min(0.5 * 2 ** (self.failures - 1), 15.0))

    @property
    def due(self) -> bool:
        """Whether the wait before a restart is over."""
        return self.restart_at is not None and time.monotonic() >= self.restart_at


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exit code {code}"
