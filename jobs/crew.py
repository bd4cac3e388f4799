"""A parent that keeps worker processes alive: forks them, starts again what dies, ends them all when asked."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from types import FrameType

from core.base.log import get_log

log = get_log(__name__)
PR_SET_PDEATHSIG = 1
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
STEADY_SECONDS = 10.0  # who lived that long has not failed at its start
_libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Have the kernel send SIGTERM to this process when its parent dies; at once when it is dead already."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


class Crew:
    """One process for each entry of ``names`` (a queue, or the timetable), each running ``work(name)``."""

    def __init__(self, names: Sequence[str], work: Callable[[str], None]) -> None:
        self.names, self.work = names, work
        self.places: dict[int, int] = {}  # pid → index in names
        self.started: dict[int, float] = {}  # index → when
        self.waits: dict[int, float] = {}  # index → seconds before the next start
        self.due: dict[int, float] = dict.fromkeys(range(len(names)), 0.0)  # index → when to start
        self.stopping = 0

    def run(self) -> int:
        """Until SIGTERM or SIGINT (once: every worker finishes its job; twice: at once). 0, or 1 after a cold end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while self.places or not self.stopping:
            self._reap()
            if not self.stopping:
                self._start_due()
            if self.places or not self.stopping:
                time.sleep(0.2)
        return int(self.stopping > 1)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping += 1
        self._send(signal.SIGTERM if self.stopping == 1 else signal.SIGKILL)

    def _send(self, number: int) -> None:
        for pid in list(self.places):
            os.kill(pid, number)

    def _start_due(self) -> None:
        for index, at in list(self.due.items()):
            if time.monotonic() >= at:
                del self.due[index]
                self._start(index)

    def _start(self, index: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._be_worker(index)
        self.places[pid] = index
        self.started[index] = time.monotonic()

    def _be_worker(self, index: int) -> None:
        """In the child: never returns."""
        code = 1
        try:
            die_with_parent()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            self.work(self.names[index])
            code = 0
        except SystemExit as wish:
            code = wish.code if isinstance(wish.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        while self.places:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            index = self.places.pop(pid, None)
            if index is not None and not self.stopping:
                self._plan_restart(index, os.waitstatus_to_exitcode(status))

    def _plan_restart(self, index: int, code: int) -> None:
        lived = time.monotonic() - self.started[index]
        wait = FIRST_WAIT if lived > STEADY_SECONDS else min(self.waits.get(index, FIRST_WAIT / 2) * 2, LONGEST_WAIT)
        self.waits[index] = wait
        self.due[index] = time.monotonic() + wait
        log.warning("worker.ended", queue=self.names[index], exit_code=code, next_in_seconds=wait)
