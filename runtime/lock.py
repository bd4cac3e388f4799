"""One supervisor for one state folder."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from runtime.errors import CannotStart

STOPPING_MARK = "stopping"
# A supervisor whose guard was killed a moment ago has not yet said that it is stopping.
LOOK_AGAIN_SECONDS = 2.0
LONGEST_STOP_SECONDS = 45.0


class Lock:
    """The lock of a state folder, held for the life of this process; the kernel frees it with our death.

    `only` names the parts when not everything starts: containers that share a state folder run one part each.
    Waits for a holder that is stopping. Raises CannotStart when somebody else goes on holding it.
    """

    def __init__(self, state: Path, only: str = "") -> None:
        self.path = state / (f"lock-{only}" if only else "lock")
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        begun = time.monotonic()
        while not self._taken():
            holder = os.pread(self.descriptor, 64, 0).decode(errors="replace").strip()
            waited = time.monotonic() - begun
            if waited > (LONGEST_STOP_SECONDS if STOPPING_MARK in holder else LOOK_AGAIN_SECONDS):
                os.close(self.descriptor)
                raise CannotStart(f"Proofroom is already running here (process {holder or 'unknown'} holds {self.path})")
            time.sleep(0.1)
        self._write(str(os.getpid()))

    def stopping(self) -> None:
        """Let the next start wait for us instead of being refused."""
        self._write(f"{os.getpid()} {STOPPING_MARK}")

    def _taken(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _write(self, text: str) -> None:
        os.truncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text.encode(), 0)
