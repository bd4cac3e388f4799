"""The time zones that people choose from."""

from __future__ import annotations

from functools import lru_cache

from core.base.i18n import zones

AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@lru_cache(maxsize=1)
def zone_choices() -> tuple[tuple[str, str], ...]:
    """Names and readable labels, "Europe/Oslo" as "Europe, Oslo"; UTC first."""
    names = sorted(name for name in zones() if name.split("/")[0] in AREAS)
    return (("UTC", "UTC"), *((name, name.replace("/", ", ").replace("_", " ")) for name in names))
