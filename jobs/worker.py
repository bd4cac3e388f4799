"""``python -m jobs.worker [--timetable] [QUEUE[=COUNT] …]``: the background workers, one process each under one parent.

Without queues: all of them, and as many for candidates' runs as there are processors, plus two. ``--timetable`` puts the
timetable beside them, for machines where no other process runs it: forked like the workers it costs a quarter of the
memory. The parent imports everything once and forks, so that all share that memory; it starts again what dies, and its
death ends them all.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

# Imported before the fork, so that no job pays for it and all share its memory. The driver too: SQLAlchemy would load
# it in each child when it makes the engine, 10 MB a worker.
import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

import jobs.grading
import jobs.mail
import jobs.packs
import jobs.runs  # noqa: F401
from core.base.queue import Queue
from jobs.crew import Crew
from jobs.serve import serve
from jobs.start import start_process
from jobs.timetable import main as keep_time

TIMETABLE = "timetable"


def parse(arguments: Sequence[str], processors: int) -> list[Queue]:
    """One entry a worker to start. Raises SystemExit naming what cannot be read."""
    found: list[Queue] = []
    for argument in arguments or [queue.value for queue in Queue]:
        name, _, count = argument.partition("=")
        if name not in set(Queue) or (count and not (count.isdigit() and 0 < int(count) <= 64)):
            known = ", ".join(queue.value for queue in Queue)
            raise SystemExit(f"jobs.worker: {argument!r} is not QUEUE or QUEUE=COUNT with QUEUE one of {known}")
        usual = processors + 2 if name == Queue.RUN else 1
        found += [Queue(name)] * (int(count) if count else usual)
    return found


def work(name: str) -> None:
    """Be the worker of a queue, or the timetable, until told to stop."""
    if name == TIMETABLE:
        keep_time()
    else:
        serve(Queue(name))


def main(arguments: Sequence[str]) -> int:
    """Serve the queues until told to stop; the exit code."""
    queues = parse([a for a in arguments if a != "--timetable"], os.cpu_count() or 1)
    names = [*queues, TIMETABLE] if "--timetable" in arguments else queues
    if len(names) == 1:
        serve(queues[0])
        return 0
    start_process()
    gc.collect()
    gc.freeze()  # what was imported stays out of collections, which would copy its pages into every worker
    return Crew(names, work).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
