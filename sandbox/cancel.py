"""A flag that can be waited for with select: set once, from any thread, with a reason."""

import os
import threading


class Cancelled(Exception):
    """The job was cancelled, or its caller went away."""


class Cancel:
    """Set by the watcher of a job's connection or by a cancel request; every wait of the job selects on it."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()
        self.reason = ""

    def fileno(self) -> int:
        return self._fd

    def set(self, reason: str) -> None:
        with self._lock:
            if self._fd >= 0 and not self.reason:
                self.reason = reason
                os.eventfd_write(self._fd, 1)

    def check(self) -> None:
        if self.reason:
            raise Cancelled(self.reason)

    def close(self) -> None:
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1
