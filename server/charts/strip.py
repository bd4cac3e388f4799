"""Where one person stands in a distribution."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from server.charts.svg import clamp, number, picture, tag, text

BINS = 20
FOOT = 18
HEAD = 16


def _counts(values: Sequence[float], low: float, high: float) -> list[int]:
    counts = [0] * BINS
    for value in values:
        counts[_bin(value, low, high)] += 1
    return counts


def _bin(value: float, low: float, high: float) -> int:
    return int(clamp((value - low) / (high - low) * BINS, 0, BINS - 1))


def _columns(counts: list[int], mine: int | None, width: float, base: float) -> list[str]:
    most, wide = max(counts) or 1, width / BINS
    body = []
    for at, many in enumerate(counts):
        tall = (base - HEAD) * many / most if many else 1.5
        fill = "var(--brand)" if at == mine else "var(--line-strong)"
        body.append(
            tag("rect", x=at * wide + 1, y=base - tall, width=wide - 2, height=tall, rx=1.5, fill=fill)
        )
    return body


def strip(
    values: Sequence[float],
    mark: float | None,
    label: str,
    *,
    low: float = 0,
    high: float = 10,
    width: int = 288,
    height: int = 78,
    mark_text: str | None = None,
) -> Markup:
    """A histogram of `values` with one position marked.

    `label` says in a sentence what it shows; `mark_text` is the number over the mark (default: the mark itself).
    Values outside `low`..`high` count in the outermost columns.
    """
    base = height - FOOT
    mine = None if mark is None else _bin(mark, low, high)
    body = _columns(_counts(values, low, high), mine, width, base)
    if mark is not None and mine is not None:
        middle = (mine + 0.5) * width / BINS
        anchor = "end" if middle > width * 0.85 else "start" if middle < width * 0.15 else "middle"
        body.append(text(mark_text or number(mark), class_="val", x=middle, y=10, text_anchor=anchor))
    body.append(tag("line", class_="axis", x1=0, x2=width, y1=base + 0.5, y2=base + 0.5))
    body.append(text(number(low), x=0, y=height - 3))
    body.append(text(number(high), x=width, y=height - 3, text_anchor="end"))
    return picture(body, width, height, label)
