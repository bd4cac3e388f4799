"""Redis, the queues with their workers, what waits to be handed over, and the timetable."""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Sequence

from redis.exceptions import RedisError
from rq import Queue as RqQueue
from rq import Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker
from sqlalchemy import func, select

from core.base.heartbeats import Heartbeat
from core.base.queue import OutboxRow, Queue
from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, fail, ok, one_line, warn

OLDEST_REDIS = (6, 2)
WORKER_SILENT_SECONDS = 120  # an idle worker beats every 45 s
# How long a wake-up may wait before more workers would help: people watch the first, proofs have an hour.
WAITING_LONG_SECONDS = {Queue.RUN: 20, Queue.DEFAULT: 60, Queue.GRADE: 300, Queue.PROVE: 3600}
OUTBOX_LATE_SECONDS = 30
TIMETABLE_SILENT_SECONDS = 20
START_WORKERS = "Start the workers (`make run` does, or `python -m jobs.worker`) and look at workers.log for why they ended."


def reach_redis(deployment: Deployment) -> Sequence[Finding]:
    """Whether it answers, and its version."""
    try:
        server = deployment.redis.info("server")
    except RedisError as error:
        cure = "Start it (`make run` starts the embedded one), or correct REDIS_URL."
        return [fail("redis", f"does not answer: {one_line(error)}", cure)]
    version = str(server["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        return [
            fail(
                "redis",
                f"Redis {version} is too old",
                "Install Redis 6.2 or newer, or point REDIS_URL to one.",
            )
        ]
    return [ok("redis", f"Redis {version}, up {int(server['uptime_in_seconds'])} s")]


def persistence(deployment: Deployment) -> Sequence[Finding]:
    """Whether waiting jobs would survive a restart, and whether memory pressure could drop them."""
    kept, memory = deployment.redis.info("persistence"), deployment.redis.info("memory")
    if kept.get("aof_enabled") and kept.get("aof_last_write_status") != "ok":
        cure = "Free disk space for Redis; until then it refuses or loses what it is given."
        return [fail("persistence", "the last write of the append-only file failed", cure)]
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if int(memory.get("maxmemory", 0)) and policy != "noeviction":
        cure = "Set maxmemory-policy to noeviction: queues must not be thrown away to make room."
        return [warn("persistence", f"under memory pressure Redis drops keys ({policy})", cure)]
    if not kept.get("aof_enabled"):
        cure = "Set `appendonly yes`: a restart then loses no wake-up (the timetable would ask for it again, later)."
        return [warn("persistence", "no append-only file", cure)]
    return [ok("persistence", "append-only file, last write ok")]


def queues(deployment: Deployment) -> Sequence[Finding]:
    """Each queue: a worker that lives, and how long its oldest wake-up has waited."""
    workers = Worker.all(connection=deployment.redis, serializer=JSONSerializer)
    return [
        _queue(deployment, queue, [w for w in workers if queue.value in w.queue_names()]) for queue in Queue
    ]


def _queue(deployment: Deployment, queue: Queue, workers: list[BaseWorker]) -> Finding:
    name = f"queue {queue.value}"
    now = deployment.now()
    living = [worker for worker in workers if _lives(worker, now)]
    waiting = RqQueue(queue.value, connection=deployment.redis, serializer=JSONSerializer)
    count, age = len(waiting), _oldest_seconds(waiting, now)
    waits = f"{count} waiting, the oldest for {age:.0f} s" if count else "nothing waits"
    if not living:
        return fail(name, f"no worker lives ({len(workers)} silent), {waits}", START_WORKERS)
    found = f"{len(living)} worker{'s' if len(living) > 1 else ''}, {waits}"
    if age > WAITING_LONG_SECONDS[queue]:
        cure = f"Start more workers for it (`python -m jobs.worker {queue.value}=N`), or look at what the present ones do."
        return warn(name, found, cure)
    return ok(name, found)


def _lives(worker: BaseWorker, now: dt.datetime) -> bool:
    """A heartbeat that is fresh and, on this machine, a process that is there: a killed worker stays listed for minutes."""
    beat = worker.last_heartbeat
    if beat is None or (now - _aware(beat)).total_seconds() > WORKER_SILENT_SECONDS:
        return False
    if worker.hostname != socket.gethostname() or not worker.pid:
        return True
    try:
        os.kill(worker.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _oldest_seconds(waiting: RqQueue, now: dt.datetime) -> float:
    first = waiting.get_jobs(0, 1)
    if not first or first[0].enqueued_at is None:
        return 0.0
    return max(0.0, (now - _aware(first[0].enqueued_at)).total_seconds())


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def outbox(deployment: Deployment) -> Sequence[Finding]:
    """Jobs that are due and were not handed to the queues: the deed is done, its consequence waits."""
    now = deployment.now()
    due = (OutboxRow.sent_at.is_(None), OutboxRow.not_before_at <= now)
    with deployment.reading() as session:
        count, oldest = session.execute(
            select(func.count(OutboxRow.id), func.min(OutboxRow.not_before_at)).where(*due)
        ).one()
    if not count:
        return [ok("outbox", "nothing waits to be handed over")]
    age = (now - oldest).total_seconds()
    found = f"{count} job{'s' if count > 1 else ''} not handed over, the oldest due for {age:.0f} s"
    if age > OUTBOX_LATE_SECONDS:
        return [
            fail("outbox", found, "Mend Redis and the timetable: its sweep hands them over within seconds.")
        ]
    return [ok("outbox", found)]


def timetable(deployment: Deployment) -> Sequence[Finding]:
    """The timetable's sign of life, by the clock of this machine."""
    cure = "Start the timetable (`make run` does, or `python -m jobs.timetable`); workers.log or timetable.log says why it ended."
    with deployment.reading() as session:
        at = session.scalar(select(Heartbeat.at).where(Heartbeat.part == "timetable"))
    if at is None:
        return [fail("timetable", "has never run on this database", cure)]
    age = (deployment.now() - at).total_seconds()
    if age > TIMETABLE_SILENT_SECONDS:
        return [fail("timetable", f"silent for {_span(age)}", cure)]
    return [ok("timetable", f"last sign of life {max(0.0, age):.0f} s ago")]


def _span(seconds: float) -> str:
    for size, word in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {word}"
    return f"{seconds:.0f} seconds"
