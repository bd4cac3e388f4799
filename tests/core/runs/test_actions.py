"""Runs on a real PostgreSQL: claims, fences, leases, what pages are told."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import pytest
from sqlalchemy import select

from core.base.queue import Job
from core.gateways.runner.port import LanguageReadiness, Plan, PlanTest, RunnerState
from core.runs.actions import (
    cancel_run,
    claim_run,
    end_stranded,
    fail_run,
    finish_run,
    hint_positions,
    put_runner_status,
    release_run,
    renew_lease,
    request_run,
    set_stage,
    sweep_leases,
)
from core.runs.errors import LostLease
from core.runs.models import Run, RunClass
from core.runs.queries import (
    classes_waiting,
    count_open,
    last_runner_state,
    list_runs,
    plan_of,
    queue_position,
    runner_status,
    runs_of,
)

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
PLAN = Plan("python", "main.py", {"main.py": b"print(1)"}, (PlanTest("own", b"7\n"),))


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def ask(session, owner="ada", run_class=RunClass.RUN, plan=PLAN, subject_id=1) -> Run:
    return request_run(
        session, run_class=run_class, purpose="own", subject_kind="attempt_task", subject_id=subject_id,
        owner_key=owner, topic="attempt:x", organisation_id=None, plan=plan, now=NOW, meta={"a": 1},
    )  # fmt: skip


def claim(session, now=NOW, run_class=RunClass.RUN, languages=("python",)) -> Run | None:
    return claim_run(session, run_class, "w1", now, languages)


def test_a_request_is_stored_and_wakes_a_worker(database, jobs, hints):
    with database.unit_of_work() as session:
        run = ask(session)
    assert jobs == [(Job.WAKE_RUN, [])]
    [(event, room, data)] = hints
    assert (event, room, data.pop("version") > 0) == ("run.changed", "attempt:x", True)
    assert data == {"run": str(run.uuid), "state": "queued", "purpose": "own"}
    with database.reading() as session:
        stored = session.get_one(Run, run.id)
        assert plan_of(session, stored) == PLAN
        assert stored.job["meta"] == {"a": 1}


def test_a_claim_leases_once(session):
    run = ask(session)
    mine = claim(session)
    assert mine is run
    assert (run.state, run.attempt_number, run.lease_until_at) == ("running", 1, later(10))
    assert claim(session) is None


def test_a_claim_waits_for_every_language_that_is_needed(session):
    ask(session)
    assert claim(session, languages=()) is None
    assert claim(session, languages=("java", "cpp")) is None
    assert claim(session, languages=("cpp", "python")) is not None


def test_classes_do_not_take_each_others_runs(session):
    ask(session, run_class=RunClass.GRADE)
    assert claim(session) is None
    assert claim(session, run_class=RunClass.GRADE) is not None


def test_claims_take_turns_as_the_positions_said(session):
    runs = [ask(session, owner) for owner in ("hoarder", "hoarder", "hoarder", "late", "later")]
    expected = [runs[i] for i in (0, 3, 4, 1, 2)]
    assert [queue_position(session, run) for run in expected] == [1, 2, 3, 4, 5]
    assert [claim(session) for _ in runs] == expected
    assert queue_position(session, runs[0]) is None


def test_those_who_wait_are_told_their_place(database, hints):
    with database.unit_of_work() as session:
        first, second = ask(session, "a"), ask(session, "b")
    hints.clear()
    with database.unit_of_work() as session:
        hint_positions(session, RunClass.RUN)
    told = [(data["run"], data["position"]) for _, _, data in hints]
    assert told == [(str(first.uuid), 1), (str(second.uuid), 2)]


def test_only_the_holder_may_write(session):
    run = ask(session)
    claim(session)
    sweep_leases(session, later(11))
    claim(session, later(12))
    assert run.attempt_number == 2
    for write in (
        lambda: finish_run(session, run.id, 1, later(13), result={}),
        lambda: fail_run(session, run.id, 1, "no", later(13)),
        lambda: release_run(session, run.id, 1, "gone", later(13)),
        lambda: renew_lease(session, run.id, 1, later(13)),
        lambda: set_stage(session, run.id, 1, "build", later(13)),
    ):
        with pytest.raises(LostLease):
            write()
    finish_run(session, run.id, 2, later(13), result={"tests": []}, verdicts=[])
    assert (run.state, run.finished_at, run.lease_until_at) == ("finished", later(13), None)
    with pytest.raises(LostLease):
        finish_run(session, run.id, 2, later(14), result={})


def test_an_expired_lease_is_requeued_once_then_ends_as_sandbox_error(session):
    run = ask(session)
    claim(session)
    assert sweep_leases(session, later(9)) == []
    renew_lease(session, run.id, 1, later(9), "running")
    assert sweep_leases(session, later(18)) == []
    assert sweep_leases(session, later(20)) == [run]
    assert (run.state, run.stage) == ("queued", "running")
    claim(session, later(21))
    assert sweep_leases(session, later(32)) == [run]
    assert (run.state, run.error) == ("failed", "sandbox error")
    assert sweep_leases(session, later(60)) == []


def test_a_requeued_run_wakes_a_worker_again(database, jobs):
    with database.unit_of_work() as session:
        ask(session, run_class=RunClass.PROVE)
        claim(session, run_class=RunClass.PROVE)
    jobs.clear()
    with database.unit_of_work() as session:
        sweep_leases(session, later(11))
    assert jobs == [(Job.WAKE_PROVE, [])]


def test_a_released_run_starts_once_more(session):
    run = ask(session)
    claim(session)
    release_run(session, run.id, 1, "sandboxd ended", NOW)
    assert run.state == "queued"
    claim(session)
    release_run(session, run.id, 2, "sandboxd ended", NOW)
    assert (run.state, run.error) == ("failed", "sandboxd ended")


def test_without_a_sandbox_a_lost_run_does_not_wait_for_ever(session):
    run = ask(session, run_class=RunClass.GRADE)
    assert end_stranded(session, later(3600), ()) == []
    claim(session, run_class=RunClass.GRADE)
    release_run(session, run.id, 1, "sandboxd ended", NOW)
    assert end_stranded(session, later(14), ()) == []
    assert end_stranded(session, later(16), ("python",)) == []
    assert end_stranded(session, later(16), ("java",)) == [run]
    assert (run.state, run.error[:13]) == ("failed", "sandbox error")


def test_a_persons_run_does_not_wait_for_a_sandbox_that_is_off(session):
    run = ask(session)
    assert end_stranded(session, later(29), ()) == []
    assert end_stranded(session, later(31), ("python",)) == []
    assert end_stranded(session, later(31), ()) == [run]


def test_cancelling(session):
    waiting, running = ask(session, "a"), ask(session, "b")
    assert cancel_run(session, waiting, NOW)
    claim(session)
    assert cancel_run(session, running, NOW)
    with pytest.raises(LostLease):
        renew_lease(session, running.id, 1, NOW)
    assert not cancel_run(session, running, NOW)


def test_reads(session):
    first, second = ask(session), ask(session)
    other = ask(session, subject_id=2)
    assert list(runs_of(session, "attempt_task", 1)) == [second, first]
    assert list(runs_of(session, "attempt_task", 1, ["grade"])) == []
    assert count_open(session, "attempt_task", 1) == 2
    assert [run.id for run in list_runs(session).rows] == [other.id, second.id, first.id]
    page = list_runs(session, size=2)
    assert [run.id for run in list_runs(session, page.next_cursor).rows] == [first.id]
    assert classes_waiting(session, later(1)) == [RunClass.RUN]
    assert classes_waiting(session, NOW) == []


def test_the_runner_reports_and_pages_hear_of_changes_only(database, hints):
    ready = RunnerState("docker", languages=(LanguageReadiness("python", "Python", "ready"),), slots=2)
    busy = RunnerState("docker", languages=ready.languages, slots=2, busy=1)
    off = RunnerState("off", reason="gone", cure="restart")
    told = []
    for at, state in ((0, ready), (5, busy), (10, busy), (15, off)):
        with database.unit_of_work() as session:
            told.append(put_runner_status(session, "host", state, later(at)))
    assert told == [True, False, False, True]
    assert [data["engine"] for event, _, data in hints if event == "sandbox.changed"] == ["docker", "off"]
    with database.reading() as session:
        assert runner_status(session, later(16)).reason == "gone"
        assert runner_status(session, later(40)).state == "off"
        assert last_runner_state(session) == off


def test_many_workers_never_claim_one_run_twice_and_owners_stay_level(real_database):
    with real_database.unit_of_work() as session:
        for owner, number in (("hoarder", 30), ("b", 6), ("c", 6)):
            for _ in range(number):
                ask(session, owner)
    claimed: list[tuple[int, str]] = []
    gate = threading.Barrier(6)

    def work() -> None:
        gate.wait()
        for _ in range(7):
            with real_database.unit_of_work() as session:
                run = claim(session)
                if run is not None:
                    claimed.append((run.id, run.owner_key))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run_id for run_id, _ in claimed}) == len(claimed) == 42
    # With six at once a claim may not yet see the others' claims, hence a little slack in the first eighteen.
    first = Counter(owner for _, owner in claimed[:18])
    assert max(first.values()) <= 9
    with real_database.reading() as session:
        assert set(session.scalars(select(Run.attempt_number))) == {1}
