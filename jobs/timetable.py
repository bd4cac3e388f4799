"""``python -m jobs.timetable``: one process that does every few seconds whatever the database says is due.

A plain loop instead of RQ's CronScheduler: leases are swept every five seconds, also while Redis is away
(docs/adr/0010-timetable-loop.md).
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence

from core.base.clock import utc_now
from core.base.log import get_log
from core.wiring import Wiring
from jobs.start import start_process
from jobs.ticks import AT_START, TICKS, Tick, Work

log = get_log(__name__)
SLOW_SECONDS = 2.0


def run_tick(wiring: Wiring, tick: Tick) -> bool:
    """Do one tick in a unit of work; False, and a line in the log, when it failed. The next one comes anyhow."""
    return _run(wiring, tick.name, tick.work)


def _run(wiring: Wiring, name: str, work: Work) -> bool:
    began = time.monotonic()
    try:
        with wiring.database.unit_of_work() as session:
            work(wiring, session, utc_now())
    except Exception:  # whatever it was, the other ticks and the next round must go on
        log.exception("tick.failed", tick=name)
        return False
    took = time.monotonic() - began
    if took > SLOW_SECONDS:
        log.warning("tick.slow", tick=name, seconds=round(took, 1))
    return True


def run_timetable(wiring: Wiring, stop: threading.Event, ticks: Sequence[Tick] = TICKS) -> None:
    """Until ``stop`` is set. Ticks that are late run once, not once for each time they missed."""
    due = dict.fromkeys(ticks, 0.0)
    while not stop.is_set():
        for tick, at in due.items():
            if stop.is_set():
                return
            if time.monotonic() >= at:
                run_tick(wiring, tick)
                due[tick] = time.monotonic() + tick.seconds
        stop.wait(max(0.05, min(due.values()) - time.monotonic()))


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    wiring = start_process()
    for work in AT_START:
        _run(wiring, "start", work)
    run_timetable(wiring, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
