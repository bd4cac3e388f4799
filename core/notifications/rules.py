"""When a mail is tried again, and when that ends."""

from __future__ import annotations

import datetime as dt

DELAYS_SECONDS = (60, 300, 1800, 7200, 28_800)
LEASE_SECONDS = 120
OVERDUE_SECONDS = 30


def next_try(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When the mail that has failed ``tries`` times (at least once) is due again; None when it is given up."""
    if tries > len(DELAYS_SECONDS):
        return None
    return now + dt.timedelta(seconds=DELAYS_SECONDS[tries - 1])
