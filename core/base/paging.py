"""Pages by key: a cursor is the sort key of the last row seen, so page 400 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.base.errors import N_, Invalid

Row = TypeVar("Row")
DEFAULT_SIZE = 50
MAX_CURSOR = 400
DAMAGED = N_("This page link is damaged. Open the list from its start.")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page; the cursors are None at the ends."""

    rows: Sequence[Row]
    next_cursor: str | None
    previous_cursor: str | None = None


def encode_cursor(values: Sequence[Any]) -> str:
    """JSON-able sort keys as an opaque, URL-safe text."""
    raw = json.dumps(list(values), separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> list[Any]:
    """The sort keys of a cursor; anything malformed is refused as an invalid field ``after``."""
    try:
        if len(text) > MAX_CURSOR:
            raise ValueError
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != length:
            raise ValueError
    except (ValueError, binascii.Error):
        raise Invalid.one("after", DAMAGED) from None
    return values


def read_cursor(text: str, *readers: Callable[[Any], Any]) -> list[Any]:
    """The sort keys of a cursor, each read by its reader (int, datetime.fromisoformat, …). Raises Invalid as above."""
    values = decode_cursor(text, len(readers))
    try:
        return [read(value) for read, value in zip(readers, values, strict=True)]
    except (ValueError, TypeError, ArithmeticError):
        raise Invalid.one("after", DAMAGED) from None


def paging_id(value: Any) -> int:
    """A bigint key of a cursor; what does not fit into one is no key of ours."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError
    return value


def page_of(rows: Sequence[Row], size: int, key: Callable[[Row], Sequence[Any]]) -> Page[Row]:
    """Cut size + 1 fetched rows to a page whose next cursor is None when nothing follows."""
    more = len(rows) > size
    kept = rows[:size]
    return Page(kept, encode_cursor(key(kept[-1])) if more else None)
