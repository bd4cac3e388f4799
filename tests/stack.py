"""A whole running Proofroom for tests: `cli.py up` as a person starts it, on a free port with a state of its own.

    with temporary_state() as state, running_stack(state) as stack:
        stack.url, stack.token, stack.kill("web"), stack.ready_again("web")
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

from runtime.environment import VARIABLES
from runtime.process import children_of, kill
from tests.runtime.harness import ROOT, Tree, in_folder

START_SECONDS = 60.0


class Stack:
    """A running tree; every method waits until what it did has taken effect."""

    def __init__(self, state: Path, *, port: int | None = None, environment: dict[str, str] | None = None) -> None:
        self.state, self.port = state, port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **dict.fromkeys(VARIABLES, ""),  # the developer's own settings are not ours
            "PROOFROOM_STATE_DIR": str(state),
            "PROOFROOM_PORT": str(self.port),
            **(environment or {}),
        }
        self.tree = Tree(str(ROOT / "cli.py"), "up", environment=self.environment)
        try:
            self.tree.expect("Ctrl-C stops everything", START_SECONDS)
        except AssertionError:
            self.tree.close()
            raise

    @property
    def token(self) -> str:
        """The set-up token of this start; empty when there is an organisation."""
        found = re.search(r"Set-up token: +(\S+)", self.tree.story)
        return found[1] if found else ""

    def pid(self, part: str) -> int:
        """The process of a part: web, postgres, redis, sandboxd or workers (the parent of workers and timetable)."""
        mark = f"PROOFROOM_PART={part}".encode()
        folder = {"postgres": self.state / "postgres" / "18", "redis": self.state / "redis"}.get(part)
        for pid in children_of(self.tree.supervisor):
            with contextlib.suppress(OSError):
                own = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                if mark in own or (folder and os.readlink(f"/proc/{pid}/cwd") == str(folder)):
                    return pid
        raise AssertionError(f"no part {part} runs:\n{self.tree.story}")

    def kill(self, part: str, sig: int = signal.SIGKILL) -> int:
        """Signal a part; the position in the console from which to look for what follows."""
        seen = len(self.tree.lines)
        kill(self.pid(part), sig)
        return seen

    def ready_again(self, part: str, since: int = 0, seconds: float = 30) -> None:
        """Wait until the console says that the part is ready, at or after position `since`."""
        self.tree.expect(f"{part:<10} | {'ready' if part in ('web', 'postgres', 'redis') else 'runs again'}", seconds, since)

    def stop(self) -> None:
        """Ctrl-C, and nothing is left."""
        self.tree.process.send_signal(signal.SIGINT)
        self.tree.process.wait(40)
        self.tree.gone(2)
        assert in_folder(self.state) == []


@contextlib.contextmanager
def running_stack(state: Path, **environment: str) -> Iterator[Stack]:
    """A stack that is stopped at the end, also when the test failed."""
    stack = Stack(state, environment=environment)
    try:
        yield stack
    finally:
        stack.tree.close()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


