"""What a log takes, in which state, and how an event becomes a header and a leaf. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.base.clock import milliseconds
from evidence.canonical import NotCanonical
from evidence.commitment import commitment
from evidence.fields import BadPayload
from evidence.header import Header, Source
from evidence.kinds import KINDS, Kind, check_payload, known_kind, late
from evidence.manifest import Manifest

MAX_BATCH = 200
MAX_REPORTED = (
    50_000  # reports beyond this number of events are refused; the server's own milestones never are
)
UNKNOWN = (
    "(unknown)"  # stands for every unknown name, so that a hostile page cannot fill the table of refusals
)


@dataclass(frozen=True)
class NewEvent:
    """An event as its producer gives it; a payload of another shape than its kind's is refused as malformed.

    ``claimed_at`` is the reporter's own clock, kept as a claim.
    """

    kind: str
    payload: Any
    source: Source = Source.SERVER
    claimed_at: dt.datetime | None = None


@dataclass(frozen=True)
class Refused:
    """Why an event is not stored: unknown, undeclared, source, malformed or too_many."""

    kind: str
    reason: str


@dataclass(frozen=True)
class LogState:
    """What decides about an event: the manifest, whether the log is in its late time, and how long it is."""

    manifest: Manifest
    is_late: bool
    next_seq: int


@dataclass(frozen=True)
class Leaf:
    """An event ready to be stored."""

    header: Header
    payload: dict[str, Any]
    salt: bytes
    text: str
    leaf_hash: bytes


def judge(event: NewEvent, state: LogState) -> NewEvent | Refused:
    """The event to store (wrapped when it comes late), or why it is refused."""
    kind = known_kind(event.kind)
    if kind is None:
        return Refused(UNKNOWN, "unknown")
    reason = _reason(kind, event, state)
    if reason is not None:
        return Refused(kind.value, reason)
    if state.is_late and KINDS[kind].work:
        wrapped = late(kind, event.payload)
        return NewEvent(Kind.RECEIVED_LATE.value, wrapped, event.source, event.claimed_at)
    return event


def _reason(kind: Kind, event: NewEvent, state: LogState) -> str | None:
    if event.source not in KINDS[kind].sources:
        return "source"
    if not state.manifest.declares(kind):
        return "undeclared"
    if event.source is not Source.SERVER and state.next_seq >= MAX_REPORTED:
        return "too_many"
    if event.claimed_at is not None and milliseconds(event.claimed_at) < 0:
        return "malformed"
    try:
        check_payload(kind, event.payload)
        commitment(b"\0" * 16, event.payload)
    except (BadPayload, NotCanonical):
        return "malformed"
    return None


def judge_all(events: Sequence[NewEvent], state: LogState) -> tuple[list[NewEvent], list[Refused]]:
    """Judge a batch in order; refused events leave no gap in the numbers."""
    taken: list[NewEvent] = []
    refused: list[Refused] = []
    for event in events:
        outcome = judge(event, LogState(state.manifest, state.is_late, state.next_seq + len(taken)))
        (refused if isinstance(outcome, Refused) else taken).append(outcome)  # type: ignore[arg-type]
    return taken, refused


def make_leaf(
    log_id: uuid.UUID, seq: int, event: NewEvent, salt: bytes, received_at: dt.datetime, batch: str | None
) -> Leaf:
    """Number, stamp and hash one event."""
    claimed = None if event.claimed_at is None else milliseconds(event.claimed_at)
    header = Header(
        log=str(log_id),
        seq=seq,
        received_at=milliseconds(received_at),
        claimed_at=claimed,
        source=event.source,
        kind=event.kind,
        commitment=commitment(salt, event.payload),
        batch=batch,
    )
    text = header.text()
    return Leaf(header, event.payload, salt, text, header.leaf())


def receive_time(now: dt.datetime, previous: dt.datetime | None) -> dt.datetime:
    """Never before the event in front: requests that waited for the lock read their clock before it."""
    return now if previous is None or previous < now else previous


def counted(refused: Iterable[Refused]) -> dict[Refused, int]:
    """How often each kind was refused for each reason."""
    counts: dict[Refused, int] = {}
    for item in refused:
        counts[item] = counts.get(item, 0) + 1
    return counts
