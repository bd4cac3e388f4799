"""When a mail is tried again, and when that ends."""

from __future__ import annotations

import datetime as dt
import re

DELAYS_SECONDS = (60, 300, 1800, 7200, 28_800)
LEASE_SECONDS = 120
OVERDUE_SECONDS = 30
CODE_MAILS = ("start_code", "resume_code")  # their six digits are the candidate's proof of who they are


def next_try(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When the mail that has failed ``tries`` times (at least once) is due again; None when it is given up."""
    if tries > len(DELAYS_SECONDS):
        return None
    return now + dt.timedelta(seconds=DELAYS_SECONDS[tries - 1])


def for_staff(kind: str, text: str) -> str:
    """A mail's subject or text as staff may read it: whoever reads a candidate's code could work in their name."""
    return re.sub(r"[0-9]{6}", "\u2022" * 6, text) if kind in CODE_MAILS else text
