"""What crashed parts leave behind. The supervisor is a sub-reaper, so it all becomes our child.

Each part's environment carries a mark that its descendants inherit: after a crash only that part's leavings are
killed. A container engine started for the sandbox carries a mark of its own and lives on until the whole tree stops.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from runtime.process import children_of, kill, working_folder
from runtime.service import Service

MARK = "PROOFROOM_PART"
GRACE_SECONDS = 8.0


class Orphans:
    """The children of ours that we did not start."""

    def __init__(self) -> None:
        self.changed = True
        self.me = os.getpid()

    def note(self) -> None:
        """A child has ended (SIGCHLD): look at the next occasion."""
        self.changed = True

    def mark(self, service: Service) -> dict[str, str]:
        """The environment of a part, with its mark."""
        return {**service.environment, MARK: service.name}

    def reap(self, ours: Iterable[int]) -> None:
        """Collect adopted children that have ended. Looking through /proc is not free: only after a SIGCHLD."""
        if not self.changed:
            return
        self.changed = False
        for pid in self.adopted(ours):
            _collect(pid)

    def adopted(self, ours: Iterable[int]) -> list[int]:
        """Pids of our children except `ours`."""
        return [pid for pid in children_of(self.me) if pid not in set(ours)]

    def kill_left_by(self, service: Service, pid: int, ours: Iterable[int]) -> None:
        """Kill what the ended part `pid` left: known by session, mark or folder. Repeats while killing orphans more."""
        ours = set(ours)
        for _ in range(20):
            left = [p for p in self.adopted(ours) if _belongs(p, service, pid)]
            if not left:
                return
            for p in left:
                kill(p)
                _collect(p, wait=True)

    def end_all(self, *, patient: Callable[[], bool], pause: Callable[[], None]) -> None:
        """End every adopted child: asked first, killed after the grace or as soon as `patient()` is over."""
        asked: set[int] = set()
        deadline = time.monotonic() + GRACE_SECONDS
        while left := [p for p in self.adopted(()) if not _collect(p)]:
            urgent = time.monotonic() > deadline or not patient()
            for pid in left:
                if urgent:
                    kill(pid)
                    _collect(pid, wait=True)
                elif pid not in asked:
                    asked.add(pid)
                    kill(pid, signal.SIGTERM)
            pause()


def _collect(pid: int, *, wait: bool = False) -> bool:
    """Collect a dead child; True when it is gone."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, 0 if wait else os.WNOHANG)[0] == pid
    return True


def _belongs(pid: int, service: Service, leader: int) -> bool:
    in_folder = service.folder is not None and working_folder(pid) == str(service.folder)
    return in_folder or _session(pid) == leader or _mark(pid) == service.name


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _mark(pid: int) -> str:
    """The mark in a process's environment; empty when it cannot be read or is not there."""
    try:
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    prefix = MARK.encode() + b"="
    return next((e[len(prefix) :].decode(errors="replace") for e in entries if e.startswith(prefix)), "")
