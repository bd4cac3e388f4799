"""Ticks find what is due, one fault stops none of the others, twice is once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from core.assessments.models import Attempt, AttemptState
from core.base.clock import utc_now
from core.base.heartbeats import WEB, Heartbeat, Outage, beat
from core.base.queue import Job, OutboxRow, enqueue
from core.gateways.runner.port import Plan, PlanTest
from core.grading.models import Grade
from core.runs.actions import claim_run, request_run
from core.runs.models import Run, RunClass, Runner
from core.runs.queries import runner_status
from jobs import purposes
from jobs.grading import grade_attempt
from jobs.ticks import TICKS, Tick, sweep_runs, tidy_outbox, wake_waiting
from jobs.timetable import run_tick, run_timetable
from tests.factories import NOW
from tests.jobs.rows import make_work

TICK = {tick.name: tick for tick in TICKS}
PLAN = Plan("python", "main.py", {"main.py": b"print(1)"}, (PlanTest("own"),))


@pytest.fixture
def wired(make_wiring):
    """A deployment without a sandbox: the ticks must work all the same."""
    return make_wiring()


def ask(session, now, run_class=RunClass.GRADE) -> Run:
    return request_run(
        session, run_class=run_class, purpose="grade", subject_kind="grade", subject_id=0, owner_key="a", topic="",
        organisation_id=None, plan=PLAN, now=now, meta={"round": 1},
    )  # fmt: skip


def test_every_tick_runs_on_an_empty_house_and_twice(wired):
    for _ in range(2):
        for tick in TICKS:
            assert run_tick(wired, tick), tick.name
    with wired.database.reading() as session:
        assert session.scalars(select(Heartbeat.part)).all() == ["timetable"]
        assert session.scalars(select(Runner.engine)).all() == ["off"]
        assert runner_status(session, utc_now()).reason


def test_a_fault_in_one_tick_stops_none_of_the_others(wired):
    stop, done = threading.Event(), []

    def breaks(wiring, session, now):
        raise RuntimeError("a fault")

    def works(wiring, session, now):
        done.append(now)
        if len(done) == 3:
            stop.set()

    run_timetable(wired, stop, (Tick("breaks", 0, breaks), Tick("works", 0.01, works)))
    assert len(done) == 3


def test_the_sweep_tells_the_feature_and_survives_its_fault(wired, monkeypatch):
    past = utc_now() - dt.timedelta(minutes=1)
    told = []

    def take(session, run, now):
        told.append(run.id)
        if run.id == first:
            raise RuntimeError("the feature's fault")

    monkeypatch.setitem(purposes.OWNERS, "grade", take)
    with wired.database.unit_of_work() as session:
        runs = [ask(session, past), ask(session, past)]
        first = runs[0].id
        for run in runs:
            claim_run(session, RunClass.GRADE, "w", past, ["python"])
            run.attempt_number = 2
    assert run_tick(wired, TICK["sweep_runs"])
    assert told == [run.id for run in runs]
    with wired.database.reading() as session:
        assert session.scalars(select(Run.state)).all() == ["failed", "failed"]
    assert run_tick(wired, TICK["sweep_runs"])
    assert len(told) == 2


def test_a_lost_wake_up_is_made_good_without_piling_up(wired, jobs):
    with wired.database.unit_of_work() as session:
        ask(session, utc_now() - dt.timedelta(seconds=20))
    jobs.clear()
    assert run_tick(wired, TICK["wake_waiting"])
    assert jobs == [(Job.WAKE_GRADE, [])]
    wired.redis.rpush("rq:queue:grade", "an earlier message that nobody took")
    assert run_tick(wired, TICK["wake_waiting"])
    assert len(jobs) == 1


def test_the_clock_ends_an_attempt_and_asks_for_its_grade_once(wired, jobs):
    with wired.database.unit_of_work() as session:
        attempt_id = make_work(session, started_at=utc_now() - dt.timedelta(minutes=61))[0].id
    jobs.clear()
    for _ in range(2):
        assert run_tick(wired, TICK["close_due"])
    with wired.database.reading() as session:
        assert session.get_one(Attempt, attempt_id).state == AttemptState.ENDED
    assert jobs.count((Job.GRADE_ATTEMPT, [attempt_id])) == 1
    for _ in range(2):
        grade_attempt(attempt_id)
    with wired.database.reading() as session:
        assert session.scalar(select(func.count(Grade.id))) == 1
        assert session.scalar(select(func.count(Run.id))) == 1


def test_the_outbox_is_swept_and_tidied(wired, jobs):
    with wired.database.unit_of_work() as session:
        enqueue(session, Job.SEND_MAIL, 1, not_before_at=utc_now() - dt.timedelta(seconds=1))
    assert jobs == []
    assert run_tick(wired, TICK["sweep_outbox"])
    assert jobs == [(Job.SEND_MAIL, [1])]
    with wired.database.unit_of_work() as session:
        tidy_outbox(wired, session, utc_now() + dt.timedelta(days=1))
        assert session.scalar(select(func.count(OutboxRow.id))) == 1
        tidy_outbox(wired, session, utc_now() + dt.timedelta(days=3))
        assert session.scalar(select(func.count(OutboxRow.id))) == 0


def test_a_gap_of_the_web_is_an_outage_a_gap_of_others_is_not(session):
    def at(seconds):
        return NOW + dt.timedelta(seconds=seconds)

    assert beat(session, WEB, NOW, starting=True) is None
    assert beat(session, WEB, at(15)) is None
    outage = beat(session, WEB, at(40), starting=True)
    assert isinstance(outage, Outage)
    assert (outage.began_at, outage.ended_at) == (at(15), at(40))
    assert session.get_one(Heartbeat, WEB).started_at == at(40)
    assert beat(session, "timetable", NOW) is None
    assert beat(session, "timetable", at(500)) is None


def test_sweeping_needs_no_redis(wired):
    class Away:
        def __getattr__(self, name):
            raise ConnectionError

    with wired.database.unit_of_work() as session:
        sweep_runs(wired, session, utc_now())
    object.__setattr__(wired, "redis", Away())
    assert run_tick(wired, TICK["sweep_runs"])
    with wired.database.unit_of_work() as session:
        wake_waiting(wired, session, utc_now())
