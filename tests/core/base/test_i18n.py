"""Zones are looked up on every page with dates: the list is asked from the system once."""

from __future__ import annotations

import zoneinfo

from core.base import i18n


def test_known_zones():
    assert [i18n.known_zone(name) for name in ("Europe/Oslo", "Nowhere/City", "", None)] == [
        "Europe/Oslo", "UTC", "UTC", "UTC",
    ]  # fmt: skip


def test_the_files_of_the_zones_are_not_walked_for_every_date(monkeypatch):
    i18n.zones()
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: 1 / 0)
    assert i18n.known_zone("Asia/Kolkata") == "Asia/Kolkata"
