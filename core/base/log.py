"""Structured logs: one JSON line an event, with request, actor and job ids, and never a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

_SECRET_KEY = re.compile(r"password|token|secret|authorization|cookie|api_key|code$", re.IGNORECASE)
_SECRET_PATH = re.compile(r"(/(?:i|join|set-up|invited|reset)/)[A-Za-z0-9_\-]{20,}")


def hide_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace values that carry secrets by their name or inside paths of bearer links."""
    for key, value in event.items():
        if _SECRET_KEY.search(key) and key not in ("code", "error_code", "status_code", "exit_code"):
            event[key] = "…"
        elif isinstance(value, str):
            event[key] = _SECRET_PATH.sub(r"\1…", value)
    return event


def set_up_logs(level: str = "INFO", form: str = "json") -> None:
    """Configure structlog and the standard library's root logger for this process (form: json or console)."""
    shared: list[Any] = [
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        hide_secrets,
    ]
    last = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level.upper())), stream=sys.stderr)


def get_log(name: str) -> Any:
    """A logger; events are named ``noun.past`` and carry fields, never sentences built from parts."""
    return structlog.get_logger(name)


@contextmanager
def log_context(**ids: object) -> Iterator[None]:
    """Attach ids (request, actor, job) to every line logged inside."""
    with bound_contextvars(**ids):
        yield
