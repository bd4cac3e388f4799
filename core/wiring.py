"""Picks the real or the offline implementation of each outside service, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import socketio
from redis import Redis
from rq import Queue as RQueue
from rq.serializers import JSONSerializer

from core.base.queue import QUEUE_OF, Job, set_delivery
from core.base.realtime import set_emitter
from core.gateways.runner.client import SandboxRunner
from core.gateways.runner.offline import OfflineRunner
from core.gateways.runner.port import Runner
from core.settings import Settings

# A wake-up works through many rows; each row has its own limits, so this only ends what hangs beyond all of them.
JOB_SECONDS = 3600
FAILED_JOBS_KEPT_SECONDS = 7 * 86_400


def make_runner(settings: Settings) -> Runner:
    """The sandbox at PROOFROOM_SANDBOX_SOCKET, or one that says why code running is off."""
    return SandboxRunner(settings.sandbox_socket) if settings.sandbox_socket else OfflineRunner()


def connect_jobs(redis: Redis) -> None:
    """Hand jobs to RQ, as JSON, without RQ's own retries: rows decide what is tried again (decision 1)."""
    queues = {
        queue: RQueue(queue.value, connection=redis, serializer=JSONSerializer)
        for queue in set(QUEUE_OF.values())
    }

    def deliver(job: Job, arguments: list[Any]) -> None:
        queues[QUEUE_OF[job]].enqueue_call(
            job.value,
            args=arguments,
            timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=FAILED_JOBS_KEPT_SECONDS,
        )

    set_delivery(deliver)


def connect_sockets(redis_url: str) -> None:
    """Send hints to the web processes through Socket.IO's Redis channel, write-only."""
    manager = socketio.RedisManager(redis_url, write_only=True)

    def emit(event: str, room: str, data: Mapping[str, Any]) -> None:
        manager.emit(event, dict(data), room=room)

    set_emitter(emit)
