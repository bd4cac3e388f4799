"""Raw score, deduction and final score of an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.grading.rules.overtime import deduction

CENT, MILL = Decimal("0.01"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Marks:
    """``raw`` and ``final`` 0-10 with two places, ``deduction`` with three; all half-up."""

    raw: Decimal
    deduction: Decimal
    final: Decimal


def mean_score(scores: Sequence[Decimal]) -> Decimal:
    """The tests score of an attempt: its tasks count alike. Raises ValueError for none."""
    if not scores:
        raise ValueError("an attempt without tasks has no score")
    return _rounded(sum(scores, Decimal(0)) / len(scores), CENT)


def marks(raw: Decimal, over_seconds: int) -> Marks:
    """What is kept of a raw score after overtime. The final score is made from the exact deduction, never below 0."""
    off = deduction(over_seconds)
    final = max(Decimal(0), raw - off)
    return Marks(_rounded(raw, CENT), _rounded(off, MILL), _rounded(final, CENT))


def _rounded(value: Decimal, places: Decimal) -> Decimal:
    return value.quantize(places, rounding=ROUND_HALF_UP)
