"""Canonical JSON (RFC 8785) for the subset without floats: one value has exactly one text.

Floats are refused because their shortest form is the only hard part of the RFC; payloads carry integers in the unit that
the field's name says. Integers stay within ±(2^53 - 1), where every JSON reader agrees on them.
"""

from __future__ import annotations

import json
from typing import Any

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 16
MAX_BYTES = 256 * 1024


class NotCanonical(ValueError):
    """A value or text that has no canonical form; the message says which part and why."""


def canonical(value: Any, *, max_bytes: int = MAX_BYTES) -> bytes:
    """UTF-8 canonical JSON of None, bool, int, str, list and dict with string keys.

    Raises NotCanonical for floats, other types, non-string keys, lone surrogates, integers beyond ±(2^53 - 1), nesting
    deeper than MAX_DEPTH and texts longer than ``max_bytes``.
    """
    _check(value, 0, [max_bytes])
    text = _write(value).encode("utf-8")
    if len(text) > max_bytes:
        raise NotCanonical(f"longer than {max_bytes} bytes")
    return text


def parse_canonical(text: bytes | str, *, max_bytes: int = MAX_BYTES) -> Any:
    """The value of a canonical text. Raises NotCanonical when the text is not byte for byte canonical."""
    raw = _utf8(text) if isinstance(text, str) else text
    if len(raw) > max_bytes:
        raise NotCanonical(f"longer than {max_bytes} bytes")
    try:
        value = json.loads(raw.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {type(error).__name__}") from None
    if canonical(value, max_bytes=max_bytes) != raw:
        raise NotCanonical("the text is JSON but not in its canonical form")
    return value


def _no_float(text: str) -> Any:
    raise NotCanonical(f"floats are not allowed: {text[:20]}")


def _check(value: Any, depth: int, budget: list[int]) -> None:
    """Walk once, stop early: ``budget`` counts down so that a huge value is refused before it is written."""
    budget[0] -= 1
    if budget[0] < 0:
        raise NotCanonical("too large")
    if depth > MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        _check_integer(value)
    elif isinstance(value, str):
        budget[0] -= len(_utf8(value))
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item, depth + 1, budget)
    elif isinstance(value, dict):
        _check_object(value, depth, budget)
    else:
        raise NotCanonical(f"{type(value).__name__} is not allowed")


def _check_integer(value: int) -> None:
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise NotCanonical("an integer beyond ±(2^53 - 1)")


def _check_object(value: dict[Any, Any], depth: int, budget: list[int]) -> None:
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonical("a key that is not a string")
        _check(key, depth + 1, budget)
        _check(item, depth + 1, budget)


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("a lone surrogate") from None


def _write(value: Any) -> str:
    if isinstance(value, dict):
        # RFC 8785 sorts by UTF-16 code units, which differs from code points above U+FFFF.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_string(key)}:{_write(value[key])}" for key in keys) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(item) for item in value) + "]"
    if isinstance(value, str):
        return _string(value)
    return json.dumps(int(value) if type(value) is not bool and isinstance(value, int) else value)


def _string(text: str) -> str:
    # json escapes exactly what the RFC asks for: the two characters, five short forms, \u00xx in lower case.
    return json.dumps(text, ensure_ascii=False)
