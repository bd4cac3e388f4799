"""The web's sign of life: what the server was not there for is given back to people at work (decision 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import gevent

from core.base.clock import utc_now
from core.base.db import Database
from core.base.heartbeats import BEAT_SECONDS, WEB, Outage, beat
from core.base.log import get_log

log = get_log(__name__)


class Pulse:
    """Beats from ``start`` to the end of the process. Nothing beats at import: the process may not be the one that serves."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self.database = database
        self.clock = clock
        self.has_beaten = False

    def start(self) -> None:
        """Called by gunicorn in its worker (server/worker_hooks.py)."""
        gevent.spawn(self._beat_on)

    def _beat_on(self) -> None:
        while True:
            self.once()
            gevent.sleep(BEAT_SECONDS)

    def once(self) -> Outage | None:
        """One beat. While PostgreSQL is away nothing can be written: that gap becomes an outage at the next beat."""
        try:
            with self.database.unit_of_work() as session:
                outage = beat(session, WEB, self.clock(), starting=not self.has_beaten)
        except Exception as error:
            log.warning("pulse.missed", reason=type(error).__name__)
            return None
        self.has_beaten = True
        if outage is not None:
            seconds = int((outage.ended_at - outage.began_at).total_seconds())
            log.warning("outage.noted", seconds=seconds)
        return outage
