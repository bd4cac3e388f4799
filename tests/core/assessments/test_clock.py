"""The law of time, by example and by property."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assessments.rules.clock import (
    GRACE_SECONDS,
    Clock,
    Phase,
    deadline,
    hard_end,
    may_start,
    over_seconds,
    phase,
    seal_at,
    shared_seconds,
    worked_seconds,
)
from core.assessments.rules.parts import TimePolicy

START = dt.datetime(2026, 3, 28, 22, 0, tzinfo=dt.UTC)


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def clock(**changes) -> Clock:
    values = {"started_at": START, "limit_seconds": 3600, "policy": TimePolicy.HARD_STOP, **changes}
    return Clock(**values)


def test_a_hard_stop_ends_at_the_limit_and_seals_after_the_grace():
    one = clock()
    assert deadline(one) == hard_end(one) == START + minutes(60)
    assert seal_at(one) - hard_end(one) == dt.timedelta(seconds=GRACE_SECONDS)


@pytest.mark.parametrize(
    ("after", "expected"),
    [(0, Phase.WORKING), (59.9, Phase.WORKING), (60, Phase.GRACE), (69.9, Phase.GRACE), (70, Phase.OVER)],
)
def test_phases_of_a_hard_stop(after, expected):
    assert phase(clock(), START + minutes(after)) is expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [(59, Phase.WORKING), (60, Phase.OVERTIME), (179, Phase.OVERTIME), (180, Phase.GRACE), (190, Phase.OVER)],
)
def test_phases_of_overtime(after, expected):
    assert phase(clock(policy=TimePolicy.OVERTIME), START + minutes(after)) is expected


def test_overtime_ends_with_the_window_but_the_limit_is_never_cut():
    soon = clock(policy=TimePolicy.OVERTIME, closes_at=START + minutes(75))
    assert hard_end(soon) == START + minutes(75)
    early = clock(policy=TimePolicy.OVERTIME, closes_at=START + minutes(10))
    assert hard_end(early) == START + minutes(60)


def test_an_arrangement_comes_before_any_penalty():
    assert over_seconds(clock(multiplier=Decimal("1.5")), START + minutes(85)) == 0
    assert over_seconds(clock(), START + minutes(67)) == 7 * 60


@given(seconds=st.integers(60, 30_000), factor=st.decimals("1", "3", places=2), after=st.integers(0, 90_000))
def test_the_same_share_of_the_time_is_the_same_overtime_or_less(seconds, factor, after):
    """Nobody is worse off for having an arrangement."""
    plain, arranged = clock(limit_seconds=seconds), clock(limit_seconds=seconds, multiplier=factor)
    moment = START + dt.timedelta(seconds=after)
    assert over_seconds(arranged, moment) <= over_seconds(plain, moment)


@given(given_back=st.integers(0, 4000), after=st.integers(0, 20_000))
def test_time_given_back_moves_the_deadline_and_is_not_counted_as_work(given_back, after):
    plain, mended = clock(), clock(adjusted_seconds=given_back)
    assert (deadline(mended) - deadline(plain)).total_seconds() == given_back
    moment = START + dt.timedelta(seconds=after)
    assert worked_seconds(mended, moment) == max(0, worked_seconds(plain, moment) - given_back)


def test_an_outage_counts_only_where_it_meets_the_attempt():
    end = START + minutes(60)
    assert shared_seconds(START - minutes(5), START + minutes(1), START, end) == 60
    assert shared_seconds(START - minutes(5), START - minutes(1), START, end) == 0
    assert shared_seconds(START + minutes(59), START + minutes(90), START, end) == 60
    assert shared_seconds(START, START + dt.timedelta(seconds=16.2), START, end) == 17


def test_the_window_opens_inclusive_and_closes_exclusive():
    assert may_start(START, START + minutes(1), START)
    assert not may_start(START, START + minutes(1), START + minutes(1))
    assert not may_start(START, None, START - minutes(1))
    assert may_start(None, None, START)
