"""What a path may be, and what is read from an upload."""

from __future__ import annotations

import unicodedata

from core.base.errors import N_

MAX_PATH = 200
MAX_PART = 100
MAX_PARTS = 12
# Control, format (bidirectional overrides hide a file's true ending), surrogate, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def path_problem(path: str) -> str | None:
    """A message id that says what is wrong with a path, or None. Paths are relative and joined by "/"."""
    if not path or len(path) > MAX_PATH:
        return N_("A path has 1 to 200 characters.")
    if any(unicodedata.category(letter) in _HIDDEN for letter in path):
        return N_("A path may not hold invisible or control characters.")
    if "\\" in path or path.startswith("/"):
        return N_("A path is relative, and its parts are joined by /.")
    parts = path.split("/")
    if len(parts) > MAX_PARTS or any(len(part.encode()) > MAX_PART for part in parts):
        return N_("A path has at most 12 parts of at most 100 bytes.")
    if any(part in ("", ".", "..") or part != part.strip() for part in parts):
        return N_("No part of a path may be empty, . or .., or begin or end with a space.")
    return None


def numbered(path: str, number: int) -> str:
    """``src/a.py`` → ``src/a (2).py``: the name of the second file that wants the same place."""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    return f"{folder}{slash}{stem} ({number}){dot}{ending}"


def text_of(content: bytes) -> str | None:
    """The text of a file with LF line endings, or None for a binary one (not UTF-8, or with NUL bytes)."""
    if b"\0" in content:
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")
