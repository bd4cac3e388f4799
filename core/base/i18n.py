"""Languages: which exist, how a text is translated, how dates and numbers read.

Core raises message ids with parameters; this module turns them into text for mails and documents, and the web
toolkit uses the same catalogues for pages.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).resolve().parent.parent / "locale"
DEFAULT_LOCALE = "en"
LOCALES = ("en",)


@lru_cache(maxsize=16)
def translations(locale: str) -> NullTranslations:
    """The catalogue of ``locale``, or one that returns message ids as they are (English)."""
    return Translations.load(CATALOGUES, [locale])


def known_locale(wanted: str | None) -> str:
    """``wanted`` when there is a catalogue for it, else English."""
    return wanted if wanted in LOCALES else DEFAULT_LOCALE


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every IANA zone name. Asking the system walks hundreds of files (20 ms), so it is asked once a process."""
    return frozenset(zoneinfo.available_timezones())


def known_zone(wanted: str | None) -> str:
    """An IANA zone name that exists, else UTC."""
    return wanted if wanted in zones() else "UTC"


def babel_locale(locale: str) -> Locale:
    """Babel's locale object; English for anything unknown."""
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE)


def show_time(
    moment: dt.datetime, zone: str, locale: str = DEFAULT_LOCALE, form: str = "EEE d MMM y, HH:mm"
) -> str:
    """A moment in the reader's zone, such as "Sat 21 Nov 2026, 16:00"."""
    local = zoneinfo.ZoneInfo(known_zone(zone))
    return format_datetime(moment, form, tzinfo=local, locale=babel_locale(locale))
