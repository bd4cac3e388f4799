"""The only place that asks what time it is. Rules and actions take ``now`` as an argument."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """The present moment, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def milliseconds(moment: dt.datetime) -> int:
    """Unix milliseconds of an aware moment, exact."""
    delta = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000
