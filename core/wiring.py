"""Picks the real or the offline implementation of each outside service, in one place.

Web, workers and commands each call ``wire`` once; afterwards ``enqueue`` and ``hint`` know their way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import socketio
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from core.base.db import Database, make_engine
from core.base.limits import Limiter
from core.base.links import Links
from core.base.queue import QUEUE_OF, Job, set_delivery
from core.base.realtime import set_closer, set_emitter
from core.base.redis import connect_redis
from core.gateways.files.disk import DiskStore
from core.gateways.files.port import set_store
from core.gateways.runner.client import SandboxRunner
from core.gateways.runner.offline import OfflineRunner
from core.gateways.runner.port import Runner
from core.settings import Settings

SOCKET_CHANNEL = "proofroom.sockets"
# A wake-up works through many rows; each row has limits of its own, so this only ends what hangs beyond all of them.
JOB_SECONDS = 3600
FAILED_JOBS_KEPT_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Wiring:
    """Everything one process works with. Tests make their own from fixtures."""

    settings: Settings
    database: Database
    redis: Redis
    limiter: Limiter

    @cached_property
    def links(self) -> Links:
        """Absolute links under the public address."""
        return Links(self.settings.public_url)

    @cached_property
    def runner(self) -> Runner:
        """The sandbox at PROOFROOM_SANDBOX_SOCKET, or one that says why code running is off."""
        socket = self.settings.sandbox_socket
        return SandboxRunner(socket) if socket else OfflineRunner()


def socket_manager(settings: Settings, *, write_only: bool) -> socketio.RedisManager:
    """The message queue of all web processes; ``write_only`` for whoever only tells (decision 30)."""
    return socketio.RedisManager(settings.redis_url, channel=SOCKET_CHANNEL, write_only=write_only)


def wire(settings: Settings, pool_size: int | None = None) -> Wiring:
    """Connect this process: database pool, Redis, limits, queues, hints. Raises nothing until used."""
    redis = connect_redis(settings.redis_url)
    database = Database(make_engine(settings.database_url, pool_size or settings.database_pool_size))
    deliver_to_queues(redis)
    tell_sockets(settings, redis)
    set_store(DiskStore(settings.state_dir / "files"))
    return Wiring(settings, database, redis, Limiter(settings.redis_url))


def deliver_to_queues(redis: Redis) -> None:
    """Hand jobs to RQ, without RQ's own retries: rows decide what is tried again (decision 1).

    JSON, because every worker of every queue must be able to read every message.
    """
    queues = {
        queue: RqQueue(queue.value, connection=redis, serializer=JSONSerializer)
        for queue in set(QUEUE_OF.values())
    }

    def deliver(job: Job, arguments: list[Any]) -> None:
        queues[QUEUE_OF[job]].enqueue_call(
            job.value,
            args=tuple(arguments),
            timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=FAILED_JOBS_KEPT_SECONDS,
        )

    set_delivery(deliver)


def tell_sockets(settings: Settings, redis: Redis) -> None:
    """Send hints, and cut sockets, through the web processes' message queue."""
    manager = socket_manager(settings, write_only=True)

    def emit(event: str, room: str, data: Mapping[str, Any]) -> None:
        manager.emit(event, dict(data), namespace="/", room=room)

    def close(key: str) -> None:
        for sid in redis.smembers(sockets_key(key)):
            # What a manager with a server sends; a write-only one offers no call for it.
            message = {
                "method": "disconnect",
                "sid": _text(sid),
                "namespace": "/",
                "host_id": manager.host_id,
            }
            redis.publish(SOCKET_CHANNEL, json.dumps(message))

    set_emitter(emit)
    set_closer(close)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def sockets_key(key: str) -> str:
    """The Redis set that holds the socket ids opened under ``key``."""
    return f"sockets:{key}"
