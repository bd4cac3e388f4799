"""Checks a whole log: numbering, headers, commitments, and the seal that binds them. Pure; works on exported values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .commitment import opens
from .fields import BadPayload
from .header import BadHeader, Header, parse_header
from .kinds import Kind, check_payload, known_kind
from .merkle import Tree, leaf_hash


@dataclass(frozen=True)
class StoredEvent:
    """One event as kept: header text, and payload with salt unless they were erased (both None)."""

    header: str
    payload: dict[str, Any] | None
    salt: bytes | None


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of the log; ``seq`` is the position in the list, None for the log as a whole."""

    seq: int | None
    code: str


@dataclass(frozen=True)
class Checked:
    """The outcome: problems (none = the log holds), its size, root, last leaf hash, and whether it was sealed."""

    problems: tuple[Problem, ...]
    size: int
    root: bytes
    last_leaf: bytes | None
    sealed: bool

    @property
    def holds(self) -> bool:
        return not self.problems


def check_log(
    log: str,
    events: Sequence[StoredEvent],
    *,
    known_leaf: bytes | None = None,
    known_root: bytes | None = None,
    known_size: int | None = None,
) -> Checked:
    """Check events of one log in order against what somebody else remembers of it.

    ``known_leaf`` is a receipt: the last leaf hash (with ``known_size`` the leaf at that size). ``known_root`` is a
    checkpoint over ``known_size`` events (all, when not given).
    """
    tree, problems, leaves, sealed, last_at = Tree(), list[Problem](), list[bytes](), False, 0
    for seq, event in enumerate(events):
        leaf = leaf_hash(event.header.encode("utf-8", "surrogatepass"))
        if sealed:
            problems.append(Problem(seq, "after_seal"))
        header, found = _check_event(log, seq, event, last_at, tree)
        problems += [Problem(seq, code) for code in found]
        if header is not None:
            sealed, last_at = sealed or header.kind == Kind.SEALED, header.received_at
        tree.append(leaf)
        leaves.append(leaf)
    problems += _against_memory(leaves, known_leaf, known_root, known_size)
    return Checked(tuple(problems), tree.size, tree.root(), leaves[-1] if leaves else None, sealed)


def _check_event(
    log: str, seq: int, event: StoredEvent, last_at: int, before: Tree
) -> tuple[Header | None, list[str]]:
    try:
        header = parse_header(event.header)
    except BadHeader:
        return None, ["bad_header"]
    found = [
        code
        for code, wrong in (
            ("other_log", header.log != log),
            ("wrong_number", header.seq != seq),
            ("time_backwards", header.received_at < last_at),
            ("unknown_kind", known_kind(header.kind) is None),
        )
        if wrong
    ]
    if event.payload is not None and event.salt is not None:
        found += _check_content(header, event.salt, event.payload, before)
    elif event.payload is not None or event.salt is not None:
        found.append("half_erased")
    return header, found


def _check_content(header: Header, salt: bytes, payload: dict[str, Any], before: Tree) -> list[str]:
    if not opens(header.commitment, salt, payload):
        return ["wrong_payload"]
    kind = known_kind(header.kind)
    try:
        if kind is not None:
            check_payload(kind, payload)
    except BadPayload:
        return ["malformed_payload"]
    if kind is Kind.SEALED and (payload["size"] != before.size or payload["root"] != before.root().hex()):
        return ["seal_broken"]
    return []


def _against_memory(
    leaves: list[bytes], leaf: bytes | None, root: bytes | None, size: int | None
) -> list[Problem]:
    count = len(leaves) if size is None else size
    problems = []
    if count > len(leaves):
        return [Problem(None, "truncated")]
    if leaf is not None and (count == 0 or leaves[count - 1] != leaf):
        problems.append(Problem(None, "not_the_known_leaf"))
    if root is not None and Tree(leaves[:count]).root() != root:
        problems.append(Problem(None, "not_the_known_root"))
    return problems
