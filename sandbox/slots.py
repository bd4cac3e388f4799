"""How many jobs run at once: a first-come queue in which every waiter knows its place."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandbox.cancel import Cancel


class QueueFull(Exception):
    """More jobs wait than the queue holds."""


class Slots:
    """`total` jobs at once, at most `longest` waiting."""

    def __init__(self, total: int, longest: int = 200) -> None:
        self.total = total
        self.longest = longest
        self.busy = 0
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    @property
    def queued(self) -> int:
        return len(self._waiting)

    @contextmanager
    def take(self, cancel: Cancel, moved: Callable[[int], None]) -> Iterator[None]:
        """Wait for a slot and hold it. `moved` hears each new place (0 is next). Raises QueueFull, Cancelled."""
        self._wait(cancel, moved)
        try:
            yield
        finally:
            with self._changed:
                self.busy -= 1
                self._changed.notify_all()

    def _wait(self, cancel: Cancel, moved: Callable[[int], None]) -> None:
        ticket = object()
        with self._changed:
            if len(self._waiting) >= self.longest:
                raise QueueFull(f"{self.longest} jobs are waiting already")
            self._waiting.append(ticket)
        try:
            self._until_next(ticket, cancel, moved)
        except BaseException:
            with self._changed:
                self._waiting.remove(ticket)
                self._changed.notify_all()
            raise

    def _until_next(self, ticket: object, cancel: Cancel, moved: Callable[[int], None]) -> None:
        told = -1
        while True:
            cancel.check()
            with self._changed:
                place = self._waiting.index(ticket)
                if place == 0 and self.busy < self.total:
                    self._waiting.popleft()
                    self.busy += 1
                    self._changed.notify_all()
                    return
                if place == told:
                    # A cancelled job does not notify; it looks for itself twice a second.
                    self._changed.wait(0.5)
                    continue
            # Told outside the lock: the caller's socket may be slow.
            moved(place)
            told = place
