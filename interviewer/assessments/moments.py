"""Moments as people type them: a date and a time in the reader's own zone, stored as UTC."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from wtforms import Field
from wtforms.widgets import DateTimeLocalInput

from server.i18n import gettext, zone

FORM = "%Y-%m-%dT%H:%M"
FORMS = (FORM, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


class MomentField(Field):  # type: ignore[misc]
    """``data`` is an aware UTC moment or None; an unreadable text is kept and shown with its error."""

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(zoneinfo.ZoneInfo(zone())).strftime(FORM) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed text; the past before year 1000 and the far future are no dates of ours."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        for form in FORMS:
            try:
                naive = dt.datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the reader's, added below
            except ValueError:
                continue
            if 2000 <= naive.year <= 2200:
                self.data = naive.replace(tzinfo=zoneinfo.ZoneInfo(zone())).astimezone(dt.UTC)
                return
        raise ValueError(gettext("Give a date and a time such as 2026-11-24 18:00."))
