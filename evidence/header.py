"""The event header: the only thing that is hashed into the log, as exact canonical JSON text."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .canonical import MAX_INTEGER, NotCanonical, canonical, parse_canonical
from .merkle import leaf_hash

VERSION = 1
MAX_HEADER = 1024
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_KIND = re.compile(r"[a-z][a-z_]{0,39}\Z")
_BATCH = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")


class Source(StrEnum):
    """Who reported the event."""

    BROWSER = "browser"
    CLI = "cli"
    SERVER = "server"


class BadHeader(ValueError):
    """A header that breaks the format; the message names the field."""


@dataclass(frozen=True)
class Header:
    """``received_at`` is the server's time, ``claimed_at`` the reporter's own (or None); both Unix milliseconds.

    ``seq`` counts from 0 without gaps; ``commitment`` is hex; ``batch`` is the reporter's id of the message, or None.
    """

    log: str
    seq: int
    received_at: int
    claimed_at: int | None
    source: Source
    kind: str
    commitment: str
    batch: str | None = None
    v: int = VERSION

    def text(self) -> str:
        """The canonical text that is hashed and stored. Raises BadHeader."""
        _check(self)
        return canonical({name: getattr(self, name) for name in FIELDS}, max_bytes=MAX_HEADER).decode()

    def leaf(self) -> bytes:
        """The leaf hash of this header in its log."""
        return leaf_hash(self.text().encode())


FIELDS = ("v", "log", "seq", "received_at", "claimed_at", "source", "kind", "commitment", "batch")


def parse_header(text: str) -> Header:
    """A header from its exact text. Raises BadHeader for anything that is not such a text."""
    try:
        value: Any = parse_canonical(text, max_bytes=MAX_HEADER)
    except NotCanonical as error:
        raise BadHeader(str(error)) from None
    if not isinstance(value, dict) or set(value) != set(FIELDS):
        raise BadHeader(f"a header has exactly the fields {', '.join(FIELDS)}")
    if value["source"] not in tuple(Source):
        raise BadHeader("source")
    header = Header(**{**value, "source": Source(value["source"])})
    _check(header)
    return header


def batch_is_valid(batch: object) -> bool:
    """Whether a reporter's batch id is 1 to 64 letters, digits and ``_ . : -``."""
    return isinstance(batch, str) and _BATCH.match(batch) is not None


def _check(header: Header) -> None:
    for name, good in (
        ("v", type(header.v) is int and header.v == VERSION),
        ("log", _is_uuid(header.log)),
        ("seq", _is_count(header.seq)),
        ("received_at", _is_count(header.received_at)),
        ("claimed_at", header.claimed_at is None or _is_count(header.claimed_at)),
        ("kind", isinstance(header.kind, str) and _KIND.match(header.kind) is not None),
        ("commitment", isinstance(header.commitment, str) and _HEX.match(header.commitment) is not None),
        ("batch", header.batch is None or batch_is_valid(header.batch)),
    ):
        if not good:
            raise BadHeader(name)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False
