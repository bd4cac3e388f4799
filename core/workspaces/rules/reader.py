"""Reads the variable-length encoding of Yjs updates (lib0), with bounds on everything."""

from __future__ import annotations

MAX_NUMBER = 2**53 - 1
MAX_DEPTH = 8


class Malformed(ValueError):
    """Bytes that are not an update, or one that no editor of ours makes; the message says what."""


class Reader:
    """A cursor over bytes. Every method raises Malformed instead of reading past the end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """One byte."""
        if self.at >= len(self.data):
            raise Malformed("ends too early")
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """An unsigned number of 7-bit groups, at most 2^53 - 1."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
            if shift > 56:
                raise Malformed("a number is too long")
        if value > MAX_NUMBER:
            raise Malformed("a number is too large")
        return value

    def skip(self, count: int) -> None:
        """Pass over ``count`` bytes."""
        if count > len(self.data) - self.at:
            raise Malformed("ends too early")
        self.at += count

    def text(self) -> str:
        """A length and that many bytes of UTF-8."""
        length, start = self.number(), self.at
        self.skip(length)
        try:
            return self.data[start : self.at].decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a text is not UTF-8") from None

    def value(self, depth: int = 0) -> None:
        """Pass over one JSON-like value; deep nesting is refused because the real decoder recurses without a bound."""
        kind = self.byte()
        if depth > MAX_DEPTH:
            raise Malformed("a value is nested too deeply")
        if kind in (127, 126, 121, 120):  # undefined, null, false, true
            return
        if kind == 125:
            self._signed()
        elif kind in (124, 123, 122):  # float of 4 bytes, of 8, integer of 8
            self.skip(4 if kind == 124 else 8)
        elif kind == 119:
            self.text()
        elif kind in (118, 117):
            self._nested(kind == 118, depth)
        else:
            raise Malformed("a value of a kind that files do not hold")

    def _signed(self) -> None:
        for _ in range(10):
            if not self.byte() & 0x80:
                return
        raise Malformed("a number is too long")

    def _nested(self, named: bool, depth: int) -> None:
        for _ in range(self.number()):
            if named:
                self.text()
            self.value(depth + 1)
