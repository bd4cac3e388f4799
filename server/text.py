"""Text that PostgreSQL cannot hold: NUL, and halves of surrogate pairs that JSON may smuggle in."""

from __future__ import annotations

from typing import Any

MAX_DEPTH = 20


def unstorable(value: Any, depth: int = 0) -> bool:
    """Whether a decoded value (JSON, form) holds such text anywhere; too deep counts as well."""
    if depth > MAX_DEPTH:
        return True
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(unstorable(key, depth + 1) or unstorable(item, depth + 1) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(unstorable(item, depth + 1) for item in value)
    return False
