"""The process's Redis connection. Nothing that must not be lost lives only there."""

from __future__ import annotations

from redis import Redis


def connect_redis(url: str) -> Redis:
    """A client with bounded waits; raises nothing until used."""
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5, health_check_interval=30)
