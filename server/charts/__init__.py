"""Charts drawn on the server as SVG.

They use tokens for colour and no style attribute, so they follow the theme, print, and pass the strict policy. Every
function returns Markup; texts given to them are escaped.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from server.charts.lanes import Lane, Moment, Span, lanes
from server.charts.marks import bar, pips, ring, spark
from server.charts.strip import strip

FUNCTIONS: dict[str, Callable[..., Markup]] = {
    "bar": bar,
    "lanes": lanes,
    "pips": pips,
    "ring": ring,
    "spark": spark,
    "strip": strip,
}

__all__ = ["FUNCTIONS", "Lane", "Moment", "Span", "bar", "lanes", "pips", "ring", "spark", "strip"]
