"""The way from the starter files to what somebody hands in, as edits that a page would send one after the other (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from difflib import SequenceMatcher

TYPED_LINES = 8  # what somebody writes between two saves
PASTED_LINES = 10_000


@dataclass(frozen=True)
class Edit:
    """Replace ``remove`` characters at ``at`` of ``path`` by ``text``; ``creates`` the file first."""

    path: str
    at: int
    remove: int
    text: str
    creates: bool = False


def edits_between(
    before: Mapping[str, str], after: Mapping[str, str], lines: int = TYPED_LINES
) -> list[Edit]:
    """Edits that turn ``before`` into ``after``, file by file and top down, at most ``lines`` new lines each."""
    found: list[Edit] = []
    for path in sorted(after):
        if before.get(path) != after[path]:
            if path not in before:
                found.append(Edit(path, 0, 0, "", creates=True))
            found += _edits_of(path, before.get(path, ""), after[path], lines)
    return found


def _edits_of(path: str, before: str, after: str, lines: int) -> Iterator[Edit]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    at = 0  # everything before it stands already as in ``after``
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            remove = sum(map(len, old[i:j]))
            start = at
            for first in range(k, max(m, k + 1), lines):
                text = "".join(new[first : min(first + lines, m)])
                yield Edit(path, start, remove, text)
                start, remove = start + len(text), 0
        at += sum(map(len, new[k:m]))


def apply_edit(files: MutableMapping[str, str], edit: Edit) -> None:
    """What the edit does to texts by path."""
    text = files.get(edit.path, "")
    files[edit.path] = text[: edit.at] + edit.text + text[edit.at + edit.remove :]


def with_faults(right: str, wrong: list[str]) -> str:
    """``right`` with the changes of several wrong versions of it; of two that touch the same lines the first holds."""
    lines = right.splitlines(keepends=True)
    changes: list[tuple[int, int, list[str]]] = []
    for text in wrong:
        other = text.splitlines(keepends=True)
        for tag, i, j, k, m in SequenceMatcher(None, lines, other, autojunk=False).get_opcodes():
            if tag != "equal" and all(j < start or i > end for start, end, _ in changes):
                changes.append((i, j, other[k:m]))
    for i, j, put in sorted(changes, key=lambda change: change[:2], reverse=True):
        lines[i:j] = put
    return "".join(lines)
