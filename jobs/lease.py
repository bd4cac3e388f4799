"""Holds on to a claimed run from a thread, and notices when it was taken away."""

from __future__ import annotations

import threading
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from core.base.clock import utc_now
from core.base.db import Database
from core.base.log import get_log
from core.runs.actions import renew_lease
from core.runs.errors import LostLease
from core.runs.queries import is_held
from core.runs.rules.lease import RENEW_SECONDS

log = get_log(__name__)
LOOK_SECONDS = 1.0


class Lease:
    """``with Lease(…) as lease:`` renews every 5 s; ``lease.check()`` raises LostLease once the run is not ours.

    It looks every second, so that a cancelled run gives its box back soon.
    """

    def __init__(self, database: Database, run_id: int, attempt_number: int) -> None:
        self.database, self.run_id, self.attempt_number = database, run_id, attempt_number
        self.stage: str | None = None
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._hold, name=f"lease-{run_id}", daemon=True)

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join(timeout=20)

    def check(self) -> None:
        """Raise LostLease when the run was cancelled or given to another worker."""
        if self._lost.is_set():
            raise LostLease

    def _hold(self) -> None:
        looks = 0
        while not self._ended.wait(LOOK_SECONDS):
            looks += 1
            try:
                self._renew() if looks % RENEW_SECONDS == 0 else self._look()
            except LostLease:
                self._lost.set()
                return
            except SQLAlchemyError as error:  # the database restarts: try again until the lease is lost for good
                log.warning("lease.not_renewed", run=self.run_id, reason=type(error).__name__)

    def _renew(self) -> None:
        with self.database.unit_of_work() as session:
            renew_lease(session, self.run_id, self.attempt_number, utc_now(), self.stage)

    def _look(self) -> None:
        with self.database.reading() as session:
            if not is_held(session, self.run_id, self.attempt_number):
                raise LostLease
