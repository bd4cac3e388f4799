"""The timeline: one lane a kind of event, over one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from server.charts.svg import clamp, picture, tag, text

COLOURS = {
    "": "var(--ink-3)",
    "brand": "var(--brand)",
    "good": "var(--good)",
    "warn": "var(--warn)",
    "bad": "var(--bad)",
}
LANE = 22
NAMES = 96
FOOT = 20
STEPS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True)
class Moment:
    """A point. `at_seconds` counts from the start; `text` shows on hover; `kind` gives the colour."""

    at_seconds: float
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch from `at_seconds` for `seconds`."""

    at_seconds: float
    seconds: float
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Lane:
    """One named row of moments and spans."""

    name: str
    items: Sequence[Moment | Span]


def clock(seconds: float) -> str:
    """m:ss, or h:mm:ss from one hour on."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _step(seconds: float) -> int:
    return next((step for step in STEPS if seconds / step <= 8), STEPS[-1])


def _item(item: Moment | Span, x: float, wide: float, y: float) -> str:
    fill = COLOURS.get(item.kind, COLOURS[""])
    edge = "var(--warn-ink)" if item.kind == "warn" else None
    title = f"<title>{escape(clock(item.at_seconds))} {escape(item.text)}</title>"
    if isinstance(item, Span):
        return tag(
            "rect", title, x=x, y=y + 5, width=max(3.0, wide), height=LANE - 10, rx=3, fill=fill, stroke=edge
        )
    return tag("circle", title, cx=x, cy=y + LANE / 2, r=4, fill=fill, stroke=edge)


def lanes(rows: Sequence[Lane], length_seconds: float, label: str, *, width: int = 900) -> Markup:
    """Draws the lanes over 0..`length_seconds`. `label` says in a sentence what they show."""
    length = max(1.0, float(length_seconds))
    height = LANE * len(rows) + FOOT
    scale = (width - NAMES - 8) / length
    body: list[str] = []
    step = _step(length)
    for second in range(0, int(length) + 1, step):
        x = NAMES + second * scale
        body.append(tag("line", class_="grid", x1=x, x2=x, y1=0, y2=height - FOOT))
        body.append(text(clock(second), x=x, y=height - 5, text_anchor="middle"))
    for at, row in enumerate(rows):
        y = at * LANE
        body.append(tag("line", class_="grid", x1=0, x2=width, y1=y + LANE, y2=y + LANE))
        body.append(text(row.name, class_="lab", x=0, y=y + LANE / 2 + 4))
        for item in row.items:
            begin = clamp(item.at_seconds, 0, length)
            wide = (
                (clamp(item.at_seconds + item.seconds, 0, length) - begin) * scale
                if isinstance(item, Span)
                else 0
            )
            body.append(_item(item, NAMES + begin * scale, wide, y))
    return picture(body, width, height, label)
