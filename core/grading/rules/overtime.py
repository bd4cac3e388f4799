"""What overtime costs: little at first, steeper within each band, and no cliff anywhere.

Within a band from ``start`` to ``end`` minutes the deduction rises from the band before to this band's maximum as
``previous + (maximum - previous) × position²``, position from 0 to 1. From two hours on it stays at 4.0.
Arrangements for a person lengthen the limit before anything is over it.
"""

from __future__ import annotations

from decimal import Context, Decimal

# (end in seconds, deduction at the end); each band begins where the one before ends.
BANDS = (
    (10 * 60, Decimal("0.5")),
    (20 * 60, Decimal("1.0")),
    (30 * 60, Decimal("1.5")),
    (60 * 60, Decimal("2.5")),
    (120 * 60, Decimal("4.0")),
)
CAP = BANDS[-1][1]
# Forty digits: no rounding can move a result across a half at the second or third place.
_ARITHMETIC = Context(prec=40)


def deduction(over_seconds: int) -> Decimal:
    """Points taken off for that many whole seconds past the deadline, unrounded; 0 when in time."""
    start, previous = 0, Decimal(0)
    if over_seconds <= 0:
        return previous
    for end, maximum in BANDS:
        if over_seconds < end:
            square = Decimal((over_seconds - start) ** 2)
            rise = _ARITHMETIC.multiply(maximum - previous, square)
            return _ARITHMETIC.add(previous, _ARITHMETIC.divide(rise, Decimal((end - start) ** 2)))
        start, previous = end, maximum
    return CAP
