"""Builds logs the way the ledger does, for tests that then damage them."""

from __future__ import annotations

import json
import uuid

from evidence.check import StoredEvent
from evidence.commitment import commitment, new_salt
from evidence.header import Header, Source
from evidence.kinds import Kind
from evidence.merkle import Tree, leaf_hash

LOG = str(uuid.UUID(int=42))


def event(seq, kind=Kind.AWAY, payload=None, log=LOG, received_at=None):
    """One stored event with a fresh salt."""
    payload, salt = payload or {"duration_ms": seq}, new_salt()
    at = 1_790_000_000_000 + seq * 1000 if received_at is None else received_at
    return StoredEvent(
        Header(log, seq, at, None, Source.BROWSER, kind, commitment(salt, payload)).text(), payload, salt
    )


def leaf_of(stored):
    return leaf_hash(stored.header.encode())


def sealed(events, log=LOG):
    """The events followed by their seal."""
    tree = Tree(leaf_of(item) for item in events)
    return [*events, event(len(events), Kind.SEALED, {"size": tree.size, "root": tree.root().hex()}, log)]


def log_of(count, log=LOG):
    """A sealed log of ``count`` events and the seal."""
    return sealed([event(seq, log=log) for seq in range(count)], log)


def rewritten(stored, **changes):
    """The event with header fields changed and the text made canonical again."""
    header = Header(**{**json.loads(stored.header), **changes})
    return StoredEvent(header.text(), stored.payload, stored.salt)


def rechained(events):
    """What a competent forger does: numbers and times made good again, and a new seal over the result."""
    body = [
        rewritten(item, seq=seq, received_at=1_790_000_000_000 + seq * 1000)
        for seq, item in enumerate(item for item in events if json.loads(item.header)["kind"] != "sealed")
    ]
    return sealed(body)
