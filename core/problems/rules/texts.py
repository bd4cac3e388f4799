"""Bytes cut into lines, words and excerpts, lazily: an output may hold millions of either."""

import re
from collections.abc import Iterator

MAX_EXCERPT = 80

# Short enough that a decimal of it is cheap, long enough for any honest number.
NUMBER = re.compile(rb"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,6})?")
_TOKEN = re.compile(rb"\S+")


def tokens_of(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Each word with the offset it starts at."""
    for match in _TOKEN.finditer(data):
        yield match[0], match.start()


def lines_of(data: bytes) -> Iterator[bytes]:
    """Each line without its line end; no line after a final line end."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        yield data[start:end]
        start = end + 1


def excerpt(data: bytes, longest: int = MAX_EXCERPT) -> str:
    """At most `longest` signs to show a person: no control characters, broken UTF-8 as \\x.."""
    text = data[: longest * 4].decode("utf-8", "backslashreplace")
    shown = "".join(sign if sign.isprintable() else _escape(sign) for sign in text[: longest + 1])
    return shown[: longest - 1] + "…" if len(shown) > longest else shown


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
