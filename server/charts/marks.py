"""Small charts that stand inside lines and cells: bar, ring, spark line, pips."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from server.charts.svg import clamp, number, picture, tag


def bar(percent: float, kind: str = "", label: str | None = None) -> Markup:
    """A bar filled from 0 to 100. `kind`: '', spark, good, ink. A number stands beside it, or give a label."""
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    classes = f"bar bar-{escape(kind)}" if kind else "bar"
    width = number(clamp(float(percent), 0, 100))
    fill = f'<rect width="{width}%" height="100%" rx="3"/>'
    drawing = f'<svg class="{classes}" {role} preserveAspectRatio="none">{fill}</svg>'
    return Markup(drawing)  # noqa: S704 - the values in it are escaped above


def ring(
    percent: float, size: int = 96, stroke: int = 9, colour: str = "var(--brand)", label: str = ""
) -> Markup:
    """A circle filled clockwise from the top, 0 to 100."""
    middle, radius = size / 2, (size - stroke) / 2
    around = 2 * math.pi * radius
    filled = around * clamp(float(percent), 0, 100) / 100
    circle: dict[str, object] = {
        "cx": middle,
        "cy": middle,
        "r": radius,
        "fill": "none",
        "stroke_width": stroke,
    }
    body = [tag("circle", stroke="var(--line)", **circle)]
    if filled:
        dashes = f"{number(filled)} {number(around)}"
        turn = f"rotate(-90 {number(middle)} {number(middle)})"
        body.append(
            tag(
                "circle",
                stroke=colour,
                stroke_linecap="round",
                stroke_dasharray=dashes,
                transform=turn,
                **circle,
            )
        )
    return picture(body, size, size, label or None, fixed=True)


def spark(
    values: Sequence[float],
    width: int = 96,
    height: int = 28,
    colour: str = "var(--brand-ink)",
    label: str | None = None,
) -> Markup:
    """A line without axes; the last value is marked. Fewer than one value draws nothing."""
    if not values:
        return Markup("")
    low, high = min(values), max(values)
    step = (width - 6) / max(1, len(values) - 1)
    points = [
        (2 + at * step, height - 4 - (value - low) / ((high - low) or 1) * (height - 8))
        for at, value in enumerate(values)
    ]
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    line = tag(
        "polyline", points=path, fill="none", stroke=colour, stroke_width=1.75, stroke_linejoin="round"
    )
    end = tag("circle", cx=points[-1][0], cy=points[-1][1], r=2.75, fill=colour)
    return picture([line, end], width, height, label, fixed=True)


def pips(values: Sequence[float | None], top: float = 5, label: str | None = None) -> Markup:
    """One small column a value, such as a rubric's dimensions. None is 'not rated' and stays empty."""
    body: list[str] = []
    for at, value in enumerate(values):
        body.append(tag("rect", x=at * 15, y=2, width=10, height=20, rx=2, fill="var(--hover)"))
        if value is not None:
            tall = 20 * clamp(value / top, 0, 1)
            strength = f"{0.45 + 0.55 * clamp(value / top, 0, 1):.2f}"
            body.append(
                tag(
                    "rect",
                    x=at * 15,
                    y=22 - tall,
                    width=10,
                    height=tall,
                    rx=2,
                    fill="var(--c1)",
                    fill_opacity=strength,
                )
            )
    return picture(body, max(10, len(values) * 15 - 5), 24, label, fixed=True)
