"""States and leases of a run (decision 1)."""

from __future__ import annotations

import datetime as dt

LEASE_SECONDS = 10
RENEW_SECONDS = 5
RESTART_SECONDS = 15  # a lost run whose sandbox is not back by then ends
PATIENCE_SECONDS = 30  # and so does a person's run that never started because there is no sandbox
MAX_STARTS = 2  # the first start and one more after a lost worker or sandbox
SANDBOX_ERROR = "sandbox error"
NO_SANDBOX = "sandbox error: no sandbox came back to run it"

QUEUED, RUNNING, FINISHED, FAILED, CANCELLED = "queued", "running", "finished", "failed", "cancelled"
_NEXT = {
    QUEUED: frozenset({RUNNING, CANCELLED}),
    RUNNING: frozenset({QUEUED, FINISHED, FAILED, CANCELLED}),
    FINISHED: frozenset[str](),
    FAILED: frozenset[str](),
    CANCELLED: frozenset[str](),
}
OPEN = (QUEUED, RUNNING)


def may_become(state: str, wanted: str) -> bool:
    """Whether a run may go from ``state`` to ``wanted``; ended runs stay as they are."""
    return wanted in _NEXT[state]


def lease_end(now: dt.datetime) -> dt.datetime:
    """Until when a lease taken or renewed now holds."""
    return now + dt.timedelta(seconds=LEASE_SECONDS)


def restart_end(now: dt.datetime) -> dt.datetime:
    """Until when a run lost now waits for a sandbox, should there be none."""
    return now + dt.timedelta(seconds=RESTART_SECONDS)


def has_expired(lease_until_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether nobody holds the run any more."""
    return lease_until_at is None or lease_until_at < now


def after_loss(attempt_number: int) -> str:
    """The state of a run whose worker or sandbox was lost in start number ``attempt_number`` (from 1)."""
    return QUEUED if attempt_number < MAX_STARTS else FAILED
