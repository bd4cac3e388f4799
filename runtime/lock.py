"""One supervisor for one state folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from runtime.errors import CannotStart


def hold(state: Path, only: str = "") -> int:
    """Take the lock of the state folder for the life of this process; the kernel frees it with our death.

    `only` names the parts when not everything starts: containers that share a state folder run one part each.

    Returns the descriptor, which must stay open. Raises CannotStart when somebody else holds it.
    """
    path = state / (f"lock-{only}" if only else "lock")
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(fd, 32, 0).decode(errors="replace").strip()
        os.close(fd)
        raise CannotStart(f"Proofroom is already running here (process {holder or 'unknown'} holds {path})") from None
    os.truncate(fd, 0)
    os.pwrite(fd, str(os.getpid()).encode(), 0)
    return fd
