"""Opening, appending to and sealing a log. Its row is locked last in a unit of work and held only to the commit."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from core.base.errors import N_, Invalid, NotFound
from core.base.ids import uuid7
from core.ledger.errors import LogNotSealed, LogSealed
from core.ledger.models import EvidenceBatch, EvidenceEvent, EvidenceLog, EvidenceRefusal
from core.ledger.rules import (
    MAX_BATCH,
    Leaf,
    LogState,
    NewEvent,
    Refused,
    counted,
    judge_all,
    make_leaf,
    receive_time,
)
from evidence.commitment import new_salt
from evidence.header import batch_is_valid
from evidence.kinds import Kind
from evidence.manifest import BadManifest, parse_manifest
from evidence.merkle import Tree


@dataclass(frozen=True)
class AppendResult:
    """Numbers given to a batch, both inclusive (last = first - 1 when all were refused); ``repeated`` = taken before."""

    first_seq: int
    last_seq: int
    refused: tuple[Refused, ...] = ()
    repeated: bool = False


def open_log(
    session: Session,
    organisation_id: int,
    manifest: dict[str, Any],
    now: dt.datetime,
    previous: uuid.UUID | None = None,
) -> EvidenceLog:
    """A new log under a manifest value. With ``previous`` its first event carries the sealed log's last leaf hash.

    Raises Invalid for a bad manifest, NotFound and LogNotSealed for a bad ``previous``.
    """
    try:
        parsed = parse_manifest(manifest)
    except BadManifest as error:
        raise Invalid.one(f"manifest.{error.field}", error.text.replace("%", "%%")) from None
    leaf = None if previous is None else _sealed_leaf(session, previous)
    log = EvidenceLog(
        id=uuid7(),
        organisation_id=organisation_id,
        manifest=parsed.value(),
        manifest_hash=parsed.hash(),
        next_seq=0,
        opened_at=now,
        previous_log_id=previous,
    )
    session.add(log)
    session.flush()
    if previous is not None and leaf is not None:
        payload = {"previous_log": str(previous), "previous_leaf": leaf}
        append_events(session, log.id, [NewEvent(Kind.REOPENED, payload)], now)
    return log


def _sealed_leaf(session: Session, log_id: uuid.UUID) -> str:
    log = session.get(EvidenceLog, log_id)
    if log is None:
        raise NotFound
    if log.sealed_at is None or log.last_leaf_hash is None:
        raise LogNotSealed
    return log.last_leaf_hash.hex()


def append_events(
    session: Session,
    log_id: uuid.UUID,
    events: Sequence[NewEvent],
    now: dt.datetime,
    batch: str | None = None,
) -> AppendResult:
    """Number and store events in order; undeclared, unknown and malformed ones are refused and counted.

    ``batch`` is the reporter's id of the message: a second sending changes nothing and gets the first answer, also
    after the seal. After ``begin_late`` work arrives wrapped as ``received_late``. Raises NotFound, LogSealed, Invalid.
    """
    if len(events) > MAX_BATCH:
        raise Invalid.one("events", N_("At most %(most)s events fit into one message."), most=MAX_BATCH)
    if batch is not None and not batch_is_valid(batch):
        raise Invalid.one("batch", N_("A batch id has 1 to 64 letters, digits, and _ . : or -."))
    log = _lock(session, log_id)
    earlier = None if batch is None else _earlier(session, log_id, batch)
    if earlier is not None:
        return AppendResult(earlier.first_seq, earlier.last_seq, repeated=True)
    if log.sealed_at is not None:
        raise LogSealed
    state = LogState(parse_manifest(log.manifest), log.late_from_at is not None, log.next_seq)
    taken, refused = judge_all(events, state)
    first = log.next_seq
    _store(session, log, taken, now, batch)
    _count_refusals(session, log_id, refused, now)
    if batch is not None:
        session.add(EvidenceBatch(log_id=log_id, batch=batch, first_seq=first, last_seq=log.next_seq - 1))
    session.flush()
    return AppendResult(first, log.next_seq - 1, tuple(refused))


def _lock(session: Session, log_id: uuid.UUID) -> EvidenceLog:
    # Everything else of this unit of work reaches the database before the lock: it is the last one taken.
    session.flush()
    wanted = select(EvidenceLog).where(EvidenceLog.id == log_id).with_for_update()
    log = session.scalar(wanted.execution_options(populate_existing=True))
    if log is None:
        raise NotFound
    return log


def _earlier(session: Session, log_id: uuid.UUID, batch: str) -> EvidenceBatch | None:
    return session.scalar(
        select(EvidenceBatch).where(EvidenceBatch.log_id == log_id, EvidenceBatch.batch == batch)
    )


def _store(
    session: Session, log: EvidenceLog, events: Sequence[NewEvent], now: dt.datetime, batch: str | None
) -> None:
    if not events:
        return
    previous = session.scalar(
        select(EvidenceEvent.received_at).where(
            EvidenceEvent.log_id == log.id, EvidenceEvent.seq == log.next_seq - 1
        )
    )
    at = receive_time(now, previous)
    leaves = [
        make_leaf(log.id, log.next_seq + offset, event, new_salt(), at, batch)
        for offset, event in enumerate(events)
    ]
    rows = [_row(log.id, leaf, event, at) for leaf, event in zip(leaves, events, strict=True)]
    session.execute(insert(EvidenceEvent), rows)
    log.next_seq += len(leaves)
    log.last_leaf_hash = leaves[-1].leaf_hash
    session.flush()


def _row(log_id: uuid.UUID, leaf: Leaf, event: NewEvent, at: dt.datetime) -> dict[str, Any]:
    return {
        "log_id": log_id,
        "seq": leaf.header.seq,
        "kind": leaf.header.kind,
        "source": leaf.header.source.value,
        "received_at": at,
        "claimed_at": event.claimed_at,
        "header": leaf.text,
        "payload": leaf.payload,
        "salt": leaf.salt,
        "leaf_hash": leaf.leaf_hash,
    }


def _count_refusals(
    session: Session, log_id: uuid.UUID, refused: Sequence[Refused], now: dt.datetime
) -> None:
    for item, count in counted(refused).items():
        row = upsert(EvidenceRefusal).values(
            log_id=log_id, kind=item.kind, reason=item.reason, count=count, last_at=now
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["log_id", "kind", "reason"],
                set_={"count": EvidenceRefusal.count + row.excluded.count, "last_at": now},
            )
        )


def begin_late(session: Session, log_id: uuid.UUID, now: dt.datetime) -> None:
    """From now on work is stored only as ``received_late``. Raises NotFound, LogSealed."""
    log = _lock(session, log_id)
    if log.sealed_at is not None:
        raise LogSealed
    if log.late_from_at is None:
        log.late_from_at = now
    session.flush()


def seal_log(session: Session, log_id: uuid.UUID, now: dt.datetime) -> str:
    """Close the log with an event that names the root of all others; returns the last leaf hash, hex.

    That hash therefore binds the whole log. Sealing twice changes nothing. Raises NotFound.
    """
    log = _lock(session, log_id)
    if log.sealed_at is None:
        leaves = session.scalars(
            select(EvidenceEvent.leaf_hash).where(EvidenceEvent.log_id == log_id).order_by(EvidenceEvent.seq)
        )
        tree = Tree(leaves)
        seal = NewEvent(Kind.SEALED, {"size": tree.size, "root": tree.root().hex()})
        _store(session, log, [seal], now, None)
        log.sealed_at = now
        session.flush()
    if log.last_leaf_hash is None:
        raise LogNotSealed
    return log.last_leaf_hash.hex()
