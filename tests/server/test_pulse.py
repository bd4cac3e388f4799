"""The web beats; what it could not be there for becomes an outage, once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from core.base.heartbeats import Heartbeat, Outage
from server.pulse import Pulse
from tests.factories import NOW


def pulse_at(database, *seconds):
    moments = iter(NOW + dt.timedelta(seconds=second) for second in seconds)
    return Pulse(database, lambda: next(moments))


def test_a_gap_becomes_one_outage_whoever_notices_it(database, session):
    first = pulse_at(database, 0, 5, 10)
    assert [first.once() for _ in range(3)] == [None, None, None]
    second = pulse_at(database, 40, 45)
    outage = second.once()
    assert (outage.began_at, outage.ended_at) == (
        NOW + dt.timedelta(seconds=10),
        NOW + dt.timedelta(seconds=40),
    )
    assert second.once() is None
    (row,) = session.scalars(select(Outage))
    assert row.applied_at is None
    assert session.get(Heartbeat, "web").started_at == NOW + dt.timedelta(seconds=40)


def test_a_short_restart_is_no_outage(database):
    pulse_at(database, 0).once()
    assert pulse_at(database, 14).once() is None


def test_a_database_that_is_away_is_survived_and_owed(database, monkeypatch):
    pulse = pulse_at(database, 0, 30)
    pulse.once()
    with monkeypatch.context() as away:
        away.setattr(database, "session_factory", lambda: 1 / 0)
        assert pulse.once() is None
    assert pulse.once().ended_at == NOW + dt.timedelta(seconds=30)
