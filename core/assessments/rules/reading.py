"""Strict reading of stored JSON: every field present, of its type, within its bound, and no field besides.

A fault is an ``Invalid`` whose field name is the path, such as ``rubric.dimensions.0.weight``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from core.base.errors import N_, Invalid

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")


def refuse(path: str, expected: str) -> NoReturn:
    """Raise Invalid: the stored value at ``path`` is not what it must be."""
    raise Invalid.one(path, N_("Expected %(expected)s here."), expected=expected)


class Fields:
    """The fields of one JSON object at ``path``. Raises Invalid for anything but exactly ``names``."""

    def __init__(self, value: object, path: str, names: Collection[str]) -> None:
        if not isinstance(value, dict) or set(value) != set(names):
            refuse(path, f"an object with exactly {', '.join(names)}")
        self.values: dict[str, Any] = value
        self.path = path

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str, longest: int) -> str:
        """A text of at most ``longest`` characters."""
        value = self.values[name]
        if not isinstance(value, str) or len(value) > longest:
            refuse(self.at(name), f"a text of at most {longest} characters")
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number between two bounds, both included."""
        value = self.values[name]
        if type(value) is not int or not least <= value <= most:
            refuse(self.at(name), f"a whole number from {least} to {most}")
        return value

    def flag(self, name: str) -> bool:
        """true or false."""
        value = self.values[name]
        if type(value) is not bool:
            refuse(self.at(name), "true or false")
        return value

    def word(self, name: str, words: type[Word]) -> Word:
        """One of the words of an enum."""
        try:
            return words(self.values[name])
        except ValueError:
            refuse(self.at(name), "one of " + ", ".join(words))

    def address(self, name: str) -> uuid.UUID:
        """A UUID."""
        try:
            return uuid.UUID(self.text(name, 40))
        except ValueError:
            refuse(self.at(name), "a UUID")

    def moment(self, name: str) -> dt.datetime | None:
        """An aware ISO 8601 moment as UTC, or null."""
        if self.values[name] is None:
            return None
        try:
            value = dt.datetime.fromisoformat(self.text(name, 40))
        except ValueError:
            refuse(self.at(name), "an ISO 8601 moment or null")
        if value.tzinfo is None:
            refuse(self.at(name), "a moment with its offset")
        return value.astimezone(dt.UTC)

    def each(self, name: str, read: Callable[[object, str], Value], most: int) -> tuple[Value, ...]:
        """A list of at most ``most`` things, each read by ``read(value, path)``."""
        value = self.values[name]
        if not isinstance(value, list) or len(value) > most:
            refuse(self.at(name), f"a list of at most {most}")
        return tuple(read(item, f"{self.at(name)}.{number}") for number, item in enumerate(value))


def plain_text(longest: int) -> Callable[[object, str], str]:
    """A reader for lists of texts."""

    def read(value: object, path: str) -> str:
        if not isinstance(value, str) or len(value) > longest:
            refuse(path, f"a text of at most {longest} characters")
        return value

    return read
