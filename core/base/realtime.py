"""Hints to open pages. A hint says "look again"; the truth is always one GET away, so a lost hint loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.base.db import after_commit
from core.base.log import get_log

log = get_log(__name__)

Emit = Callable[[str, str, Mapping[str, Any]], None]
_emit: list[Emit] = []


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
