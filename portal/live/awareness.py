"""Carets: relayed, never stored. A page that goes away takes its caret along (y-protocols' awareness messages)."""

from __future__ import annotations

from core.workspaces.rules.reader import Reader

MAX_AWARENESS = 4096
MAX_CLIENTS = 64


def read_marks(update: bytes) -> dict[int, int]:
    """Client → clock of an awareness message. Raises Malformed."""
    reader, marks = Reader(update), dict[int, int]()
    for _ in range(reader.number()):
        client, clock = reader.number(), reader.number()
        reader.text()
        marks[client] = clock
    return marks


def removal(marks: dict[int, int]) -> bytes:
    """The message that says these clients are gone; a newer clock (the page is back already) overrides it."""
    parts = [_number(len(marks))]
    for client, clock in marks.items():
        parts += [_number(client), _number(clock), b"\x04null"]
    return b"".join(parts)


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
