"""The parent of the supervisor. It does one thing: sweep up after it, even after `kill -9`."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from runtime.errors import CannotStart
from runtime.orphans import Orphans
from runtime.process import LINUX, STOPPING, become_subreaper, die_with_parent, kill

GRACE_SECONDS = 5.0  # what PostgreSQL gets for its fast shutdown after the supervisor's death


def guarded(main: Callable[[], int]) -> int:
    """Run `main` in a child and return its exit code, when nothing of what it started is left."""
    _die_with_make()
    become_subreaper()
    # Held back until both sides have their handlers: a Ctrl-C in between would end one of the two without the other.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    guard, child = os.getpid(), os.fork()
    if child == 0:
        _supervise(guard, main)
    _forward_signals(child)
    code = _wait_for(child)
    Orphans().end_all(patient=_patience(GRACE_SECONDS), pause=lambda: time.sleep(0.05))
    return code if code >= 0 else 128 - code


def _supervise(guard: int, main: Callable[[], int]) -> None:
    code = 1
    try:
        # Out of the terminal's group: Ctrl-C would reach the supervisor twice, from the terminal and from the guard.
        os.setpgid(0, 0)
        die_with_parent(guard, signal.SIGTERM)
        code = main()
    except CannotStart as error:
        print(error, file=sys.stderr)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _die_with_make() -> None:
    """When `make` started us, its death ends us. Not for other parents: a shell that ends is no reason to stop."""
    parent = os.getppid()
    if LINUX and Path(f"/proc/{parent}/comm").read_text().strip() in ("make", "gmake"):
        die_with_parent(parent, signal.SIGTERM)


def _forward_signals(child: int) -> None:
    for sig in STOPPING:
        signal.signal(sig, lambda number, _frame: kill(child, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _wait_for(child: int) -> int:
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)


def _patience(seconds: float) -> Callable[[], bool]:
    deadline: list[float] = []

    def patient() -> bool:
        # Counted from the first question, which comes when the supervisor is gone.
        if not deadline:
            deadline.append(time.monotonic() + seconds)
        return time.monotonic() < deadline[0]

    return patient
