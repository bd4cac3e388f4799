"""When things happen in an attempt: a pure function of the visit, so that a continued start makes the same times."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from jobs.demo.cast import Visit

READING, ANSWERING = 0.08, 0.12  # shares of the time, before the first edit and after the last


@dataclass(frozen=True)
class Schedule:
    """``edits`` are the moments of the edits; ``back_at`` is when the person returned from being away, if ever."""

    started_at: dt.datetime
    edits: tuple[dt.datetime, ...]
    away_before: int
    back_at: dt.datetime | None
    answers_from: dt.datetime
    ends_at: dt.datetime


def schedule_of(visit: Visit, made_at: dt.datetime, count: int) -> Schedule:
    """The moments of a visit with ``count`` edits to an assessment that was made at ``made_at``."""
    chance = random.Random(visit.email)  # noqa: S311 - the same person, the same times
    started_at = made_at + dt.timedelta(days=visit.started, seconds=chance.randrange(1800))
    seconds = visit.minutes * 60 - chance.randrange(50)
    busy = seconds * (1 - READING - ANSWERING) - visit.away_minutes * 60
    weights = [0.4 + chance.random() for _ in range(count)]
    away_before = count // 2 if visit.away_minutes and count > 1 else -1
    at, moments, back_at = seconds * READING, [], None
    for number, weight in enumerate(weights):
        at += busy * weight / sum(weights)
        if number == away_before:
            at += visit.away_minutes * 60
            back_at = started_at + dt.timedelta(seconds=at - 5)
        moments.append(started_at + dt.timedelta(seconds=at))
    return Schedule(
        started_at, tuple(moments), away_before, back_at,
        started_at + dt.timedelta(seconds=seconds * (1 - ANSWERING) + 30), started_at + dt.timedelta(seconds=seconds),
    )  # fmt: skip
