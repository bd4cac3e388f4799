"""Overtime and marks, exactly as agreed: bands, quadratic rise, no cliff, half-up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.grading.rules.marks import marks, mean_score
from core.grading.rules.overtime import deduction

seconds = st.integers(0, 4 * 3600)
scores = st.decimals(0, 10, places=2)


def by_the_book(over: int) -> Fraction:
    """The text of the capability, in fractions: prev + (max - prev) · pos²."""
    minutes = Fraction(over, 60)
    edges = [(0, 10, "0", "0.5"), (10, 20, "0.5", "1.0"), (20, 30, "1.0", "1.5"), (30, 60, "1.5", "2.5"),
             (60, 120, "2.5", "4.0")]  # fmt: skip
    for low, high, previous, most in edges:
        if minutes < high:
            position = (minutes - low) / (high - low)
            return Fraction(previous) + (Fraction(most) - Fraction(previous)) * position**2
    return Fraction(4)


def test_the_agreed_example():
    made = marks(Decimal("7.5"), 7 * 60)
    assert (made.raw, made.deduction, made.final) == (Decimal("7.50"), Decimal("0.245"), Decimal("7.26"))


@pytest.mark.parametrize(
    ("minutes", "off"), [(0, "0"), (10, "0.5"), (20, "1"), (30, "1.5"), (60, "2.5"), (90, "2.875"), (120, "4"), (500, "4")]
)
def test_the_edges_of_the_bands(minutes, off):
    assert deduction(minutes * 60) == Decimal(off)


@given(seconds)
def test_it_is_the_formula(over):
    assert abs(Fraction(deduction(over)) - by_the_book(over)) < Fraction(1, 10**30)


@given(seconds)
def test_it_only_rises_and_never_jumps(over):
    assert Decimal(0) <= deduction(over + 1) - deduction(over) < Decimal("0.004")


@given(scores, seconds)
def test_the_final_score_is_exact_and_never_below_zero(raw, over):
    made = marks(raw, over)
    exact = max(Fraction(0), Fraction(raw) - by_the_book(over))
    cents = exact * 100
    assert made.final * 100 == (cents + Fraction(1, 2)).__floor__()
    assert Decimal(0) <= made.final <= made.raw == raw
    assert made.deduction == deduction(over).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)


@given(scores)
def test_in_time_costs_nothing(raw):
    assert marks(raw, 0).final == marks(raw, -5).final == raw


def test_tasks_count_alike():
    assert mean_score([Decimal("10"), Decimal("5.01")]) == Decimal("7.51")
    with pytest.raises(ValueError, match="tasks"):
        mean_score([])
