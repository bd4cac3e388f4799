"""What one page may cost: bytes it sends, and nonsense it sends, over a moving window."""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass, field

from core.base.errors import TooMany

WINDOW_SECONDS = 10
MAX_BYTES = 6 * 1024 * 1024
MAX_REFUSED = 30


@dataclass
class Budget:
    """A page that sends too much waits; everybody else is served meanwhile."""

    sent: deque[tuple[float, int]] = field(default_factory=deque)
    refusals: deque[float] = field(default_factory=deque)

    def spend(self, now: dt.datetime, size: int) -> None:
        """Count a message. Raises TooMany before any work is done for it."""
        moment = now.timestamp()
        while self.sent and self.sent[0][0] <= moment - WINDOW_SECONDS:
            self.sent.popleft()
        while self.refusals and self.refusals[0] <= moment - WINDOW_SECONDS:
            self.refusals.popleft()
        if sum(size for _, size in self.sent) + size > MAX_BYTES or len(self.refusals) >= MAX_REFUSED:
            raise TooMany(WINDOW_SECONDS)
        self.sent.append((moment, size))

    def refuse(self, now: dt.datetime) -> None:
        """Count a message that could not be taken: a spoiled document is costly to build anew."""
        self.refusals.append(now.timestamp())
