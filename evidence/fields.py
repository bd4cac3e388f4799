"""Fields of a payload: each has a type, a unit and bounds; a payload has the fields of its kind and no others."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .canonical import MAX_INTEGER


class BadPayload(ValueError):
    """A payload that its kind does not allow; the message names the field and what it must be."""


class Field(Protocol):
    """``check`` returns None or what the value must be."""

    @property
    def required(self) -> bool: ...

    def check(self, value: object) -> str | None: ...


@dataclass(frozen=True)
class Count:
    """A whole number of ``unit`` within bounds."""

    unit: str
    most: int = MAX_INTEGER
    least: int = 0
    required: bool = True

    def check(self, value: object) -> str | None:
        good = type(value) is int and self.least <= value <= self.most
        return None if good else f"a whole number of {self.unit} from {self.least} to {self.most}"


@dataclass(frozen=True)
class Text:
    """A text of ``least`` to ``most`` characters without control characters."""

    most: int
    required: bool = True
    least: int = 1

    def check(self, value: object) -> str | None:
        fits = isinstance(value, str) and self.least <= len(value) <= self.most
        good = fits and not _CONTROL.search(str(value))
        return None if good else f"{self.least} to {self.most} characters without control characters"


@dataclass(frozen=True)
class Choice:
    """One of a closed list of words."""

    words: tuple[str, ...]
    required: bool = True

    def check(self, value: object) -> str | None:
        return None if value in self.words else f"one of {', '.join(self.words)}"


@dataclass(frozen=True)
class Hash:
    """SHA-256, 64 hex digits in lower case."""

    required: bool = True

    def check(self, value: object) -> str | None:
        good = isinstance(value, str) and _HEX.match(value) is not None
        return None if good else "64 hexadecimal digits"


@dataclass(frozen=True)
class Id:
    """A UUID in its usual lower-case form."""

    required: bool = True

    def check(self, value: object) -> str | None:
        try:
            good = isinstance(value, str) and str(uuid.UUID(value)) == value
        except ValueError:
            good = False
        return None if good else "a UUID"


@dataclass(frozen=True)
class Flag:
    """True or false."""

    required: bool = True

    def check(self, value: object) -> str | None:
        return None if isinstance(value, bool) else "true or false"


_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_HEX = re.compile(r"[0-9a-f]{64}\Z")


def check_fields(fields: Mapping[str, Field], payload: object) -> dict[str, Any]:
    """``payload`` itself when it fits. Raises BadPayload naming the first field that does not."""
    if not isinstance(payload, dict):
        raise BadPayload("a payload is an object")
    unknown = sorted(str(name)[:40] for name in payload if name not in fields)
    if unknown:
        raise BadPayload(f"{unknown[0]}: no such field")
    for name, field in fields.items():
        if name not in payload:
            if field.required:
                raise BadPayload(f"{name}: missing")
            continue
        wanted = field.check(payload[name])
        if wanted is not None:
            raise BadPayload(f"{name}: must be {wanted}")
    return payload
