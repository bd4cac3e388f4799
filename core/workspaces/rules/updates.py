"""Reads a Yjs update (version 1) strictly, before the real decoder sees it.

Three reasons: an update that builds on something unknown must be refused (the decoder would keep it aside silently, and
"saved" would be a lie); deep nesting would overflow the decoder's stack and take the process down; and a workspace holds
texts and a tree of files, so nothing else may enter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.workspaces.rules.reader import Malformed, Reader

# One message: what was typed since the last, or everything that was written offline.
MAX_UPDATE = 1024 * 1024
MAX_STRUCTS = 40_000  # bounds the time that reading takes: each keystroke elsewhere in a text makes one
MAX_RUN = 8 * 1024 * 1024  # longest run of items in one struct; more would only inflate clocks
TREE = "tree"
BODY = "body:"
FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")

GC, DELETED, STRING, TYPE, ANY, SKIP = 0, 1, 4, 7, 8, 10
MAP_TYPE = 1


@dataclass
class Parsed:
    """What an update speaks of: per client the clocks it brings (first, end), and the ends of what it deletes."""

    brings: dict[int, tuple[int, int]] = field(default_factory=dict)
    deletes: dict[int, int] = field(default_factory=dict)


def parse_update(content: bytes) -> Parsed:
    """Raises Malformed for anything that is not a whole, well-formed update of texts and tree entries."""
    if len(content) > MAX_UPDATE:
        raise Malformed(f"longer than {MAX_UPDATE} bytes")
    reader, parsed, total = Reader(content), Parsed(), 0
    for _ in range(reader.number()):
        structs, client, first = reader.number(), reader.number(), reader.number()
        if client in parsed.brings:
            raise Malformed("a client stands twice")
        end, total = first, total + structs
        if total > MAX_STRUCTS:
            raise Malformed("too many parts")
        for _ in range(structs):
            end += _struct(reader)
        parsed.brings[client] = (first, end)
    for _ in range(reader.number()):
        client, ranges = reader.number(), reader.number()
        total += ranges
        if total > MAX_STRUCTS:
            raise Malformed("too many parts")
        for _ in range(ranges):
            end = reader.number() + reader.number()
            parsed.deletes[client] = max(end, parsed.deletes.get(client, 0))
    if reader.at != len(content):
        raise Malformed("goes on after its end")
    return parsed


def parse_state(state: bytes) -> dict[int, int]:
    """A state vector: the next clock of each client. Raises Malformed."""
    reader = Reader(state)
    clocks = {reader.number(): reader.number() for _ in range(reader.number())}
    if reader.at != len(state):
        raise Malformed("goes on after its end")
    return clocks


def builds_on(parsed: Parsed, known: Mapping[int, int]) -> bool:
    """Whether nothing is missing between what is known and what the update brings."""
    return all(first <= known.get(client, 0) for client, (first, _) in parsed.brings.items())


def arrived(parsed: Parsed, known: Mapping[int, int]) -> bool:
    """Whether, after it was applied, all of the update stands in the document."""
    return all(end <= known.get(client, 0) for client, (_, end) in parsed.brings.items()) and all(
        end <= known.get(client, 0) for client, end in parsed.deletes.items()
    )


def _struct(reader: Reader) -> int:
    info = reader.byte()
    content = info & 0x1F
    if content == GC:
        return _run(reader)
    if content == SKIP:
        raise Malformed("leaves out a part")
    root = _place(reader, info)
    return _content(reader, content, root)


def _place(reader: Reader, info: int) -> str:
    """Pass over origins or parent; the name of the root when it is named, else an empty text."""
    for bit in (0x80, 0x40):
        if info & bit:
            reader.number()
            reader.number()
    if info & 0xC0:
        return ""
    root = ""
    if reader.number():
        root = _root(reader.text())
    else:
        reader.number()
        reader.number()
    keyed = bool(info & 0x20)
    if keyed:
        reader.text()
    if root and keyed != (root == TREE):
        raise Malformed("the tree holds named entries, a body holds text")
    return root


def _root(name: str) -> str:
    if name == TREE or (name.startswith(BODY) and FILE_ID.match(name.removeprefix(BODY))):
        return name
    raise Malformed("something that is neither the tree nor the body of a file")


def _content(reader: Reader, content: int, root: str) -> int:
    if content == DELETED:
        return _run(reader)
    if content == STRING:
        text = reader.text()
        return len(text) + sum(letter > "\uffff" for letter in text)  # clocks count UTF-16 units
    if root.startswith(BODY):
        raise Malformed("a body holds text only")
    if content == TYPE and reader.number() == MAP_TYPE:
        return 1
    if content == ANY:
        count = reader.number()
        for _ in range(count):
            reader.value()
        return count
    raise Malformed("content of a kind that files do not hold")


def _run(reader: Reader) -> int:
    length = reader.number()
    if length > MAX_RUN:
        raise Malformed("a run is too long")
    return length
