"""CSV for spreadsheets: what could be read as a formula is made plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(value: object) -> str:
    """The value as text; a leading sign that spreadsheets would execute is put behind an apostrophe."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole file with CRLF line ends and a byte order mark, without which Excel misreads names."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()
