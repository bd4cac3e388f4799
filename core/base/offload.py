"""Runs heavy C calls (argon2) off the event loop: one such call would freeze every socket of the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gevent import get_hub, monkey

T = TypeVar("T")


def off_loop(call: Callable[..., T], *arguments: Any) -> T:
    """``call(*arguments)`` in gevent's thread pool when this process is patched, else directly."""
    if not monkey.is_module_patched("threading"):
        return call(*arguments)
    result: T = get_hub().threadpool.apply(call, arguments)
    return result
