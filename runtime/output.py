"""Reads the output pipes of the parts and hands whole lines to the console."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from typing import IO

from runtime.console import Console
from runtime.service import Service

LONGEST_LINE_BYTES = 8192


class Output:
    """All pipes in one selector, with a pipe of our own that signals wake."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.selector = selectors.DefaultSelector()
        self.rest: dict[int, bytes] = {}
        wake, self._wake_write = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._wake_write, False)
        self.selector.register(wake, selectors.EVENT_READ, None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def watch(self, service: Service, process: subprocess.Popen[bytes]) -> None:
        """Follow the pipe of a part that has just started."""
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        self.selector.register(process.stdout, selectors.EVENT_READ, (service, process.stdout))

    def pump(self, timeout_seconds: float) -> None:
        """Pass on what the parts have written; return early when there is something, or on a signal."""
        for key, _ in self.selector.select(timeout_seconds):
            data = _read(key.fd)
            if data is None or key.data is None:
                continue
            service, pipe = key.data
            if data:
                self._lines(service, key.fd, data)
            else:
                self._close(service, key.fd, pipe)

    def drain(self, service: Service, rounds: int = 40) -> None:
        """Read what a part that has ended left in its pipe. A grandchild may hold the pipe open: bounded."""
        while rounds and any(k.data and k.data[0] is service for k in self.selector.get_map().values()):
            self.pump(0.025)
            rounds -= 1

    def _lines(self, service: Service, fd: int, data: bytes) -> None:
        *lines, tail = (self.rest.pop(fd, b"") + data).split(b"\n")
        if len(tail) > LONGEST_LINE_BYTES:  # a part that never ends its line must not fill our memory
            lines, tail = [*lines, tail], b""
        if tail:
            self.rest[fd] = tail
        for line in lines:
            self.console.part_said(service, line[:LONGEST_LINE_BYTES].decode(errors="replace").rstrip("\r"))

    def _close(self, service: Service, fd: int, pipe: IO[bytes]) -> None:
        tail = self.rest.pop(fd, b"")
        if tail:
            self.console.part_said(service, tail.decode(errors="replace"))
        self.selector.unregister(pipe)
        pipe.close()


def _read(fd: int) -> bytes | None:
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return None
