"""Limits of different origin joined."""

from collections.abc import Callable
from dataclasses import fields

from core.problems.rules.pack import Limits

NAMES = tuple(field.name for field in fields(Limits))


def merge_limits(over: Limits, under: Limits) -> Limits:
    """`over` where it says something, else `under`."""
    return _join(over, under, lambda first, _: first)


def loosest_limits(first: Limits, second: Limits) -> Limits:
    """The larger of two where both speak: a slow language and a heavy group each get what they need."""
    return _join(first, second, max)


def _join(first: Limits, second: Limits, both: Callable[[int, int], int]) -> Limits:
    def pick(name: str) -> int | None:
        a: int | None = getattr(first, name)
        b: int | None = getattr(second, name)
        if a is None or b is None:
            return b if a is None else a
        return both(a, b)

    return Limits(**{name: pick(name) for name in NAMES})
