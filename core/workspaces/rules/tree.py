"""The tree of a document: entries by file id, checked one by one and turned into files that stand at one path each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.base.errors import N_
from core.workspaces.rules.paths import numbered, path_problem
from core.workspaces.rules.updates import FILE_ID

MAX_FILES = 500
FIELDS = {"path", "kind", "blob", "size", "readonly"}
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class BadTree(ValueError):
    """A tree that a page may not make; ``code`` is stable, ``text`` a message id."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(frozen=True)
class Entry:
    """One file: its body is ``body:<id>`` (kind text) or the blob with that hash (kind binary)."""

    path: str
    kind: str
    blob: str
    size: int
    readonly: bool


def read_tree(raw: Mapping[str, Any]) -> dict[str, Entry]:
    """Entries by file id from the document's plain values. Raises BadTree."""
    if len(raw) > MAX_FILES:
        raise BadTree("too_many_files", N_("A workspace holds at most 500 files."))
    return {file_id: _entry(file_id, value) for file_id, value in raw.items()}


def _entry(file_id: str, value: Any) -> Entry:
    if not FILE_ID.match(file_id) or not isinstance(value, Mapping) or set(value) != FIELDS:
        raise BadTree("bad_entry", N_("An entry of the file tree is damaged."))
    path, kind, blob, size, readonly = (value[n] for n in ("path", "kind", "blob", "size", "readonly"))
    if not isinstance(path, str):
        raise BadTree("bad_path", N_("A path has 1 to 200 characters."))
    problem = path_problem(path)
    if problem is not None:
        raise BadTree("bad_path", problem)
    # JavaScript has one kind of number: a whole one may arrive as a float.
    whole = (
        isinstance(size, (int, float))
        and not isinstance(size, bool)
        and 0 <= size < 2**40
        and size == int(size)
    )
    texts = kind == "text" and blob == "" and size == 0
    binary = kind == "binary" and isinstance(blob, str) and _HASH.match(blob) is not None
    if not whole or not (texts or binary) or not isinstance(readonly, bool):
        raise BadTree("bad_entry", N_("An entry of the file tree is damaged."))
    return Entry(path, kind, blob, int(size), readonly)


def readonly_of(tree: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries that only the server may change."""
    return {file_id: entry for file_id, entry in tree.items() if entry.readonly}


def check_change(
    before: Mapping[str, Entry], after: Mapping[str, Entry], own_blobs: Mapping[str, int]
) -> None:
    """Raise BadTree when a page changed what it may not: read-only entries, or blobs that were never uploaded here."""
    if readonly_of(before) != readonly_of(after):
        raise BadTree("readonly_file", N_("This file cannot be changed, moved or deleted."))
    for entry in after.values():
        if entry.kind == "binary" and own_blobs.get(entry.blob) != entry.size:
            raise BadTree("unknown_blob", N_("This file was not uploaded here."))


def placed(tree: Mapping[str, Entry]) -> dict[str, str]:
    """Path → file id, one file a path. Two pages may take the same path at once; no work is dropped for it.

    Read-only files always keep their place, then the smaller id; the others are numbered. A file that stands where
    another needs a folder is numbered too. The outcome depends on the tree alone, so every reader sees the same.
    """
    result: dict[str, str] = {}
    folders: set[str] = set()
    for file_id, entry in sorted(tree.items(), key=lambda item: (not item[1].readonly, item[0])):
        path, number = entry.path, 2
        while path in result or path in folders or any(part in result for part in _folders(path)):
            path, number = _aside(entry.path, result, number), number + 1
        result[path] = file_id
        folders.update(_folders(path))
    return dict(sorted(result.items()))


def _folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _aside(path: str, taken: Mapping[str, str], number: int) -> str:
    blocked = next((part for part in _folders(path) if part in taken), None)
    if blocked is None:
        return numbered(path, number)
    return numbered(blocked, number) + path.removeprefix(blocked)
