"""Source listings and comparisons of texts, as escaped markup. What they show is hostile: it is bounded."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape
from pygments import lex
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

MAX_LINES = 4000
MAX_CHARACTERS = 400_000


@dataclass(frozen=True)
class DiffRow:
    """One row: `kind` is ' ', '+', '-', or '…' where unchanged lines are left out; `number` counts in its own text."""

    kind: str
    number: int
    text: str


@dataclass(frozen=True)
class Diff:
    """Rows in order; `truncated` when a text was too long to compare whole."""

    rows: tuple[DiffRow, ...]
    truncated: bool


def _lexer(language: str) -> Lexer:
    # A trailing newline of their own would shift the numbers.
    for find in (get_lexer_by_name, get_lexer_for_filename):
        try:
            return find(language, stripnl=False, ensurenl=False)
        except ClassNotFound:
            continue
    return TextLexer(stripnl=False, ensurenl=False)


def _marked_lines(source: str, language: str) -> Iterator[str]:
    line: list[str] = []
    for kind, value in lex(source, _lexer(language)):
        css = STANDARD_TYPES.get(kind, "")
        for at, piece in enumerate(value.split("\n")):
            if at:
                yield "".join(line)
                line = []
            if piece:
                line.append(f'<span class="{css}">{escape(piece)}</span>' if css else str(escape(piece)))
    yield "".join(line)


def code_lines(source: str, language: str, start: int = 1, highlight: Collection[int] = ()) -> Markup:
    """One row a line, with numbers from `start`; `language` is a Pygments name or a file name.

    At most MAX_LINES lines and MAX_CHARACTERS characters are drawn.
    """
    short = source[:MAX_CHARACTERS].replace("\r\n", "\n").rstrip("\n")
    rows = []
    for at, marked in enumerate(_marked_lines(short, language)):
        if at == MAX_LINES:
            break
        css = "ln hl" if start + at in highlight else "ln"
        rows.append(
            f'<div class="{css}"><span class="no">{start + at}</span><span class="tx">{marked}</span></div>'
        )
    return Markup("".join(rows))  # noqa: S704 - _marked_lines escapes every piece


def compare(before: str, after: str, context: int = 3) -> Diff:
    """What changed, with `context` unchanged lines around each change."""
    old, new = before.splitlines(), after.splitlines()
    truncated = max(len(old), len(new)) > MAX_LINES
    old, new = old[:MAX_LINES], new[:MAX_LINES]
    rows: list[DiffRow] = []
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(context):
        if rows:
            rows.append(DiffRow("…", 0, ""))
        for name, a, b, c, d in group:
            if name == "equal":
                rows += [DiffRow(" ", c + at + 1, text) for at, text in enumerate(new[c:d])]
                continue
            rows += [DiffRow("-", a + at + 1, text) for at, text in enumerate(old[a:b])]
            rows += [DiffRow("+", c + at + 1, text) for at, text in enumerate(new[c:d])]
    return Diff(tuple(rows), truncated)
