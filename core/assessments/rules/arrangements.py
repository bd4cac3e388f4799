"""Time arrangements for one person, and time added while somebody works."""

from __future__ import annotations

from decimal import Decimal

from core.base.errors import N_, Invalid

LEAST, MOST, STEP = Decimal("1"), Decimal("4"), Decimal("0.01")
OFFERED = tuple(Decimal(value) for value in ("1", "1.1", "1.25", "1.5", "2", "3"))
MIN_EXTENSION, MAX_EXTENSION = 1, 480


def check_multiplier(multiplier: Decimal) -> Decimal:
    """The factor by which the time limit grows, with two places. Raises Invalid at ``multiplier``."""
    if not multiplier.is_finite() or not LEAST <= multiplier <= MOST or multiplier % STEP:
        text = N_("Give a factor from %(least)s to %(most)s, such as 1.5 for half as much again.")
        raise Invalid.one("multiplier", text, least=LEAST, most=MOST)
    return multiplier.quantize(STEP)


def check_extension(minutes: int) -> int:
    """Whole minutes to add. Raises Invalid at ``minutes``."""
    if not MIN_EXTENSION <= minutes <= MAX_EXTENSION:
        text = N_("Add %(least)s to %(most)s minutes at a time.")
        raise Invalid.one("minutes", text, least=MIN_EXTENSION, most=MAX_EXTENSION)
    return minutes
