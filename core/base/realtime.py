"""Hints to open pages. A hint says "look again"; the truth is always one GET away, so a lost hint loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.base.db import after_commit
from core.base.log import get_log

log = get_log(__name__)

Emit = Callable[[str, str, Mapping[str, Any]], None]
Close = Callable[[str], None]
_emit: list[Emit] = []
_close: list[Close] = []


def set_emitter(emit: Emit) -> None:
    """Called once by the composition: how (event, room, data) reaches the sockets."""
    _emit[:] = [emit]


def hint(session: Session, room: str, event: str, **data: Any) -> None:
    """Tell the room after the commit. ``event`` is named noun.past; data are small JSON values, never content."""
    after_commit(session, lambda: hint_now(room, event, **data))


def hint_now(room: str, event: str, **data: Any) -> None:
    """Tell the room at once (heartbeats, progress of a run that is not a committed fact)."""
    if not _emit:
        return
    try:
        _emit[0](event, room, data)
    except Exception as error:  # a hint may be lost; pages look again by themselves
        log.warning("hint.lost", event_name=event, reason=type(error).__name__)


def set_closer(close: Close) -> None:
    """Called once by the composition: how every socket opened under a key is closed."""
    _close[:] = [close]


def close_sockets(session: Session, key: str) -> None:
    """After the commit, cut the sockets that were opened with what has just been revoked.

    ``key`` is ``session:<uuid>`` for a signed-in browser or ``device:<id>`` for a candidate's browser.
    """
    after_commit(session, lambda: _close_now(key))


def _close_now(key: str) -> None:
    if not _close:
        return
    try:
        _close[0](key)
    except Exception as error:  # the next event of such a socket is refused anyway
        log.warning("sockets.not_closed", reason=type(error).__name__)
