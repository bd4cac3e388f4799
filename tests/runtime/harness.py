"""Starts a tree, watches its console and counts what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from runtime.process import child_setup, descendants_of, kill, working_folder

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


class Tree:
    """A running program (Python unless told otherwise) with everything it prints. It ends with the test process."""

    def __init__(self, *argv: str, environment: dict[str, str] | None = None, program: str = sys.executable) -> None:
        self.lines: list[str] = []
        self.mark = f"tree-{os.getpid()}-{time.monotonic_ns()}"
        self.process = subprocess.Popen(
            [program, *argv], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, preexec_fn=child_setup(None, signal.SIGTERM), env={**os.environ, **(environment or {}), "PROOFROOM_TEST_MARK": self.mark})  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def expect(self, text: str, seconds: float = 15, after: int = 0) -> str:
        """The first line at or after index `after` that contains `text`."""
        return wait_for(
            lambda: next((x for x in self.lines[after:] if text in x), ""), seconds, lambda: self.story
        )

    @property
    def story(self) -> str:
        """All it has printed."""
        return "\n".join(self.lines)

    @property
    def supervisor(self) -> int:
        """Pid of the guard's only child."""
        return descendants_of(self.process.pid)[0]

    def part(self, word: str) -> int:
        """Pid of the part whose command line holds the argument `word`."""
        return wait_for(
            lambda: next((p for p in self.alive() if word in arguments(p)), 0), 10, lambda: self.story
        )

    def alive(self) -> list[int]:
        """Every living process that descends from this tree, known by a mark in its environment."""
        needle = f"PROOFROOM_TEST_MARK={self.mark}".encode()
        return [
            p
            for p in map(int, filter(str.isdigit, os.listdir("/proc")))
            if needle in _environ(p) and not dead(p)
        ]

    def gone(self, seconds: float) -> None:
        """Wait until nothing of the tree lives."""
        wait_for(
            lambda: not self.alive(),
            seconds,
            lambda: f"{[(p, arguments(p)) for p in self.alive()]}\n{self.story}",
        )

    def close(self) -> None:
        """End what the test left, and read the rest."""
        for sig in (signal.SIGINT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(sig)
                try:
                    self.process.wait(15)
                except subprocess.TimeoutExpired:
                    continue
        for pid in self.alive():
            kill(pid)
        self.reader.join(5)
        assert self.process.stdout
        self.process.stdout.close()


def trees() -> Iterator[Callable[..., Tree]]:
    """Body of a fixture: a function that starts trees, all ended afterwards."""
    started: list[Tree] = []

    def start(*argv: str, program: str = sys.executable) -> Tree:
        started.append(Tree(*argv, program=program))
        return started[-1]

    yield start
    for tree in started:
        tree.close()


def wait_for(probe: Callable[[], T], seconds: float, story: Callable[[], str] = str) -> T:
    """The first true value of `probe`; fails with the story after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"not within {seconds} s:\n{story()}"
        time.sleep(0.02)
    return found


def arguments(pid: int) -> list[str]:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def dead(pid: int) -> bool:
    """Gone, or a zombie nobody has collected: it runs no code any more."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except OSError:
        return True


def in_folder(folder: Path) -> list[int]:
    """Living processes that work in `folder` or below."""
    pids = map(int, filter(str.isdigit, os.listdir("/proc")))
    return [p for p in pids if working_folder(p).startswith(str(folder)) and not dead(p)]


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
