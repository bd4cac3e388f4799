"""One RQ worker in this process.

Queue ``run`` is served without forking (about 10 ms a job against 120): its jobs only speak with the sandbox, and the
lease of the row covers the death of the process. The other queues are served by forked work horses.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
from types import FrameType
from typing import Any

from rq import Queue as RqQueue
from rq import SimpleWorker, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from core.base.queue import Queue
from core.base.redis import connect_redis
from jobs.start import ask_to_stop, start_process

PR_SET_PDEATHSIG = 1
# Jobs find their work in rows, so RQ's own cleaning up after a lost worker need not be quick.
WORKER_SECONDS = 60
MAINTENANCE_SECONDS = 60
SPARE_SECONDS = 3
_libc = ctypes.CDLL(None)


class RunWorker(SimpleWorker):
    """Serves ``run`` in its own process."""

    def get_heartbeat_ttl(self, job: Job) -> int:
        """A killed worker is forgotten after minutes, not after the longest time that a job may take."""
        return 5 * WORKER_SECONDS

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the run at hand, not after the whole queue."""
        ask_to_stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


class ForkingWorker(Worker):
    """Serves the other queues, one work horse a job."""

    def get_heartbeat_ttl(self, job: Job) -> int:
        """A killed worker's job is noticed after three missed heartbeats."""
        return 3 * int(self.job_monitoring_interval)

    def perform_job(self, job: Job, queue: RqQueue) -> bool:
        """In the work horse. A long call into C ignores RQ's alarm; this ends the process all the same."""
        if job.timeout and job.timeout > 0:
            faulthandler.dump_traceback_later(job.timeout + SPARE_SECONDS, exit=True)
        try:
            done: bool = super().perform_job(job, queue)
            return done
        finally:
            faulthandler.cancel_dump_traceback_later()


def serve(queue: Queue) -> None:
    """Work for one queue until a signal asks to stop; the job at hand is finished first."""
    wiring = start_process()
    # Work horses leave the process group and would outlive a killed worker.
    os.register_at_fork(after_in_child=lambda: _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    connection = connect_redis(wiring.settings.redis_url)
    options: dict[str, Any] = {
        "connection": connection,
        "serializer": JSONSerializer,
        "worker_ttl": WORKER_SECONDS,
        "maintenance_interval": MAINTENANCE_SECONDS,
        "log_job_description": False,
    }
    queues = [RqQueue(queue.value, connection=connection, serializer=JSONSerializer)]
    if queue is Queue.RUN:
        worker: Worker | SimpleWorker = RunWorker(queues, **options)
    else:
        worker = ForkingWorker(queues, job_monitoring_interval=5, **options)
    worker.work(logging_level="WARNING")
