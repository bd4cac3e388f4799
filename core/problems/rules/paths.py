"""Which paths a pack, or a candidate's tree, may hold."""

import re

MAX_PATH = 200
MAX_DEPTH = 12
MAX_FILES = 2_000
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_TOTAL_BYTES = 32 * 1024 * 1024

_BAD = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")
_JUNK_PARTS = frozenset({"__MACOSX", "__pycache__", ".git", ".hypothesis", ".pytest_cache", "node_modules"})
_JUNK_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def is_junk(path: str) -> bool:
    """Whether tools and operating systems leave this file behind; readers of folders and zips skip it."""
    parts = path.split("/")
    return parts[-1] in _JUNK_NAMES or parts[-1].endswith(".pyc") or not _JUNK_PARTS.isdisjoint(parts)


def path_fault(path: str) -> str:
    """What is wrong with a relative path, "" when nothing is."""
    if not path or len(path) > MAX_PATH:
        return f"must have 1 to {MAX_PATH} characters"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "must be relative, without a leading / or drive"
    if _BAD.search(path):
        return "holds a character that not every system can store; use letters, digits, . _ - and /"
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in path):
        return "is not valid Unicode; rename it"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "must not hold empty parts, . or .."
    if len(parts) > MAX_DEPTH:
        return f"is deeper than {MAX_DEPTH} folders"
    return ""


def covers(pattern: str, path: str) -> bool:
    """Whether a restored path names this file: `tests/` covers all below it, `a.cfg` that file alone."""
    return path.startswith(pattern) if pattern.endswith("/") else path == pattern
