"""The reader's language and time zone on pages, with the catalogues that core uses for mails."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request

from core.base.i18n import LOCALES, babel_locale, known_locale, known_zone, show_time, translations

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
ZONE_COOKIE = "time_zone"


def locale() -> str:
    """The reader's language: the person's own, else what the browser prefers."""
    if not has_request_context():
        return LOCALES[0]
    if "locale" not in g:
        person = g.get("signed_in")
        candidate = g.get("candidate")
        own = person.locale if person else candidate.locale if candidate else None
        g.locale = known_locale(own or request.accept_languages.best_match(LOCALES))
    return str(g.locale)


def zone() -> str:
    """The reader's IANA time zone: the person's own, else what the browser said in a cookie, else UTC."""
    if not has_request_context():
        return "UTC"
    person = g.get("signed_in")
    return known_zone(person.time_zone if person else request.cookies.get(ZONE_COOKIE))


def direction() -> str:
    """ltr or rtl."""
    return "rtl" if locale() in RIGHT_TO_LEFT else "ltr"


def gettext(text: str, **params: object) -> str:
    """``text`` in the reader's language; ``%(name)s`` places are filled from ``params``."""
    translated = translations(locale()).gettext(text)
    return translated % params if params else translated


def ngettext(singular: str, plural: str, number: int, **params: object) -> str:
    """The form for ``number``, which is also the place ``%(num)s``."""
    translated = translations(locale()).ngettext(singular, plural, number)
    return translated % {"num": number, **params}


_ = gettext


class LazyText:
    """A text that is translated when it is shown: for labels written before any request."""

    def __init__(self, text: str, params: dict[str, object]) -> None:
        self.text = text
        self.params = params

    def __str__(self) -> str:
        return gettext(self.text, **self.params)

    def __mod__(self, values: object) -> str:
        """Some validators fill places into their message."""
        return str(self) % values


def lazy(text: str, **params: object) -> LazyText:
    """``_`` for module level."""
    return LazyText(text, params)


def time_text(moment: dt.datetime) -> str:
    """Filter ``time``: "Sat 21 Nov 2026, 16:00" in the reader's zone."""
    return show_time(moment, zone(), locale())


def date_text(moment: dt.datetime) -> str:
    """Filter ``date``: "21 Nov 2026" in the reader's zone."""
    local = moment.astimezone(zoneinfo.ZoneInfo(zone()))
    return str(format_date(local.date(), "d MMM y", locale=babel_locale(locale())))


def number_text(number: float) -> str:
    """Filter ``number``: grouped and pointed as the reader's language does."""
    return str(format_decimal(number, locale=babel_locale(locale())))


def duration_text(seconds: float) -> str:
    """Filter ``duration``: "74 s", "7 min", "1 h 20 min", "2 d 6 h"."""
    whole = max(0, round(seconds))
    if whole < 120:
        return gettext("%(seconds)s s", seconds=whole)
    minutes = whole // 60
    if minutes < 60:
        return gettext("%(minutes)s min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return (
            gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
            if minutes
            else gettext("%(hours)s h", hours=hours)
        )
    days, hours = divmod(hours, 24)
    return (
        gettext("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours
        else gettext("%(days)s d", days=days)
    )


def size_text(size: int) -> str:
    """Filter ``size`` of bytes: "812 B", "14 kB", "1.2 MB"."""
    if size < 1000:
        return gettext("%(count)s B", count=size)
    if size < 1_000_000:
        return gettext("%(count)s kB", count=number_text(round(size / 1000)))
    return gettext("%(count)s MB", count=number_text(round(size / 1_000_000, 1)))


def install(app: Flask) -> None:
    """Give templates ``_``, ``ngettext`` and the filters time, date, number, duration, size."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translations(locale()).gettext(text),
        lambda singular, plural, number: translations(locale()).ngettext(singular, plural, number),
        newstyle=True,  # Jinja fills the places itself, escaping what it fills in
    )
    app.jinja_env.filters.update(
        time=time_text, date=date_text, number=number_text, duration=duration_text, size=size_text
    )
