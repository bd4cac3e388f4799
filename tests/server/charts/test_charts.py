"""The charts: valid, escaped, without style attributes, and true to their values."""

from xml.etree import ElementTree

import pytest

from server.charts import FUNCTIONS, Lane, Moment, Span, bar, lanes, pips, ring, spark, strip
from server.charts.lanes import clock

HOSTILE = '"><script>alert(1)</script>'
SVG = "{http://www.w3.org/2000/svg}"

DRAWN = {
    "bar": bar(42, "good", HOSTILE),
    "lanes": lanes([Lane(HOSTILE, [Moment(3, HOSTILE, "warn"), Span(5, 60, HOSTILE)])], 90, HOSTILE),
    "pips": pips([5, None, 2], label=HOSTILE),
    "ring": ring(30, label=HOSTILE),
    "spark": spark([1, 4, 2], label=HOSTILE),
    "strip": strip([1, 5, 5.5, 9], 5, HOSTILE, mark_text=HOSTILE),
}


def parse(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def test_every_chart_of_the_templates_is_tried_here():
    assert set(DRAWN) == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_chart_is_wellformed_escaped_and_has_no_style_attribute(name):
    root = parse(DRAWN[name])
    assert root.get("aria-label") == HOSTILE
    for element in root.iter():
        assert element.tag.removeprefix(SVG) not in {"script", "style"}
        assert not {key for key in element.attrib if key == "style" or key.startswith("on")}


@pytest.mark.parametrize(
    ("percent", "width"), [(-5, "0%"), (0, "0%"), (33.333, "33.3%"), (100, "100%"), (250, "100%")]
)
def test_bar_stays_within_its_track(percent, width):
    assert parse(bar(percent)).find("rect").get("width") == width


def test_ring_fills_the_share_it_is_given():
    filled = parse(ring(25, size=100, stroke=10)).findall("circle")[1]
    part, around = (float(value) for value in filled.get("stroke-dasharray").split())
    assert part / around == pytest.approx(0.25, abs=0.001)
    assert len(parse(ring(0)).findall("circle")) == 1


def test_spark_of_nothing_and_of_one_value():
    assert spark([]) == ""
    assert parse(spark([3])).find("polyline").get("points") == "2,24"


def test_pips_leave_out_what_is_not_rated():
    fills = [rect.get("fill") for rect in parse(pips([5, None, 1])).findall("rect")]
    assert fills.count("var(--c1)") == 2
    assert fills.count("var(--hover)") == 3


def test_strip_marks_the_column_of_the_person_and_starts_bars_at_the_axis():
    rects = parse(strip([0, 5, 5, 10, 99], 10, "x")).findall("rect")
    assert [rect.get("fill") for rect in rects].index("var(--brand)") == 19
    heights = [float(rect.get("height")) for rect in rects]
    assert heights[10] == heights[19] > heights[0] > heights[1]
    assert "var(--brand)" not in strip([1, 2], None, "x")


def test_strip_of_nobody_draws_an_empty_axis():
    assert len(parse(strip([], None, "x")).findall("rect")) == 20


def test_lanes_keep_events_inside_the_picture():
    drawing = parse(
        lanes([Lane("Runs", [Moment(-5, "a"), Span(80, 400, "b"), Moment(900, "c")])], 100, "x", width=500)
    )
    for circle in drawing.findall("circle"):
        assert 96 <= float(circle.get("cx")) <= 500
    span = drawing.find("rect")
    assert float(span.get("x")) + float(span.get("width")) <= 500


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (61.9, "1:01"), (3600, "1:00:00"), (7384, "2:03:04")]
)
def test_clock(seconds, shown):
    assert clock(seconds) == shown
