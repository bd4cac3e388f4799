"""The law of time (decision 11): when an attempt's time is up, and what phase it is in.

Everything is a function of the start, the limit, the arrangement made for the person and the append-only adjustments.
A person who started inside the window always has the full limit; only overtime ends with the window.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.assessments.rules.parts import TimePolicy

OVERTIME_SECONDS = 120 * 60
GRACE_SECONDS = 10 * 60
WARN_AT_SECONDS = (600, 300, 60)


class Phase(StrEnum):
    """working → overtime → grace (only late arrivals are taken) → over."""

    WORKING = "working"
    OVERTIME = "overtime"
    GRACE = "grace"
    OVER = "over"


@dataclass(frozen=True)
class Clock:
    """What decides one attempt's times. ``multiplier`` ≥ 1 is the person's arrangement, applied before any penalty."""

    started_at: dt.datetime
    limit_seconds: int
    policy: TimePolicy
    multiplier: Decimal = Decimal(1)
    adjusted_seconds: int = 0
    closes_at: dt.datetime | None = None


def granted_seconds(clock: Clock) -> int:
    """Seconds from the start to the deadline: limit × arrangement + adjustments, never negative."""
    limit = (Decimal(clock.limit_seconds) * clock.multiplier).quantize(Decimal(1), ROUND_HALF_UP)
    return max(0, int(limit) + clock.adjusted_seconds)


def deadline(clock: Clock) -> dt.datetime:
    """When the limit is reached."""
    return clock.started_at + dt.timedelta(seconds=granted_seconds(clock))


def hard_end(clock: Clock) -> dt.datetime:
    """When the server takes no more work: the deadline, or the end of overtime."""
    due = deadline(clock)
    if clock.policy is TimePolicy.HARD_STOP:
        return due
    last = due + dt.timedelta(seconds=OVERTIME_SECONDS)
    return last if clock.closes_at is None else max(due, min(last, clock.closes_at))


def ended_why(clock: Clock) -> str:
    """What the clock ended on: "limit", "overtime" (its last minute) or "window"."""
    if clock.policy is TimePolicy.HARD_STOP or hard_end(clock) == deadline(clock):
        return "limit"
    full = deadline(clock) + dt.timedelta(seconds=OVERTIME_SECONDS)
    return "overtime" if hard_end(clock) == full else "window"


def seal_at(clock: Clock) -> dt.datetime:
    """When the log closes for late arrivals too."""
    return hard_end(clock) + dt.timedelta(seconds=GRACE_SECONDS)


def phase(clock: Clock, now: dt.datetime) -> Phase:
    """The phase of an attempt that nobody submitted."""
    if now < deadline(clock):
        return Phase.WORKING
    if now < hard_end(clock):
        return Phase.OVERTIME
    return Phase.GRACE if now < seal_at(clock) else Phase.OVER


def over_seconds(clock: Clock, finished_at: dt.datetime) -> int:
    """Whole seconds past the deadline; 0 when in time."""
    return max(0, int((finished_at - deadline(clock)).total_seconds()))


def worked_seconds(clock: Clock, finished_at: dt.datetime) -> int:
    """Whole seconds from the start to the end, without the time the server gave back for its own faults."""
    return max(0, int((finished_at - clock.started_at).total_seconds()) - max(0, clock.adjusted_seconds))


def shared_seconds(
    began_at: dt.datetime, ended_at: dt.datetime, started_at: dt.datetime, finished_at: dt.datetime
) -> int:
    """Whole seconds, rounded up, in which an outage and an attempt overlap."""
    overlap = (min(ended_at, finished_at) - max(began_at, started_at)).total_seconds()
    return max(0, -int(-overlap // 1))


def may_start(opens_at: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether an attempt may begin now: from ``opens_at`` (inclusive) to ``closes_at`` (exclusive)."""
    return (opens_at is None or now >= opens_at) and (closes_at is None or now < closes_at)
