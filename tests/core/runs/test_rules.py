"""The law of runs, as properties."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.gateways.runner.port import (
    Bounds,
    Done,
    LanguageReadiness,
    Outcome,
    Plan,
    PlanDriver,
    PlanTest,
    RunnerState,
)
from core.runs.rules.fairness import fair_order
from core.runs.rules.lease import FAILED, QUEUED, after_loss, has_expired, lease_end, may_become
from core.runs.rules.readiness import running_state, state_from_json, state_json, toolchain_of
from core.runs.rules.stored_plan import hashes_of, pack_plan, unpack_plan
from core.runs.rules.stored_result import TOTAL_OUTPUT_BYTES, result_json

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
owners = st.sampled_from(["a", "b", "c", "d"])
waiting = st.lists(owners, max_size=30).map(lambda names: list(enumerate(names, 1)))
contents = st.dictionaries(st.text("abc/.", min_size=1, max_size=6), st.binary(max_size=50), max_size=4)
bounds = st.builds(Bounds, wall_ms=st.none() | st.integers(1, 9), memory_mb=st.none() | st.integers(1, 9))
argv = st.none() | st.lists(st.text(max_size=4), max_size=3).map(tuple)
tests = st.lists(st.builds(PlanTest, id=st.text(max_size=5), stdin=st.binary(max_size=99), limits=bounds), max_size=3)
drivers = st.none() | st.builds(PlanDriver, language=st.just("python"), files=contents, argv=st.just(("x",)), limits=bounds)
plans = st.builds(
    Plan, language=st.just("cpp"), entry=st.just("main.cpp"), files=contents, tests=tests.map(tuple), build=argv,
    argv=argv, build_limits=bounds, driver=drivers,
)  # fmt: skip


@given(waiting, st.dictionaries(owners, st.integers(0, 5)))
def test_everybody_gets_a_turn_and_nobody_is_lost(rows, running):
    order = fair_order(rows, running)
    assert sorted(order) == [run_id for run_id, _ in rows]
    owner_of = dict(rows)
    served = Counter(running)
    for run_id in order:
        owner = owner_of[run_id]
        left = {owner_of[other] for other in order[order.index(run_id) :]}
        assert served[owner] == min(served[name] for name in left)
        served[owner] += 1


@given(waiting)
def test_an_owner_is_served_first_come_first_served(rows):
    order = fair_order(rows, {})
    for name in "abcd":
        mine = [run_id for run_id in order if dict(rows)[run_id] == name]
        assert mine == sorted(mine)


def test_a_late_person_passes_a_hoarder():
    assert fair_order([(1, "hoarder"), (2, "hoarder"), (3, "hoarder"), (4, "late")], {}) == [1, 4, 2, 3]
    assert fair_order([(1, "hoarder"), (4, "late")], {"hoarder": 1}) == [4, 1]


def test_a_run_is_started_twice_at_most():
    assert after_loss(1) == QUEUED
    assert after_loss(2) == FAILED


def test_ended_runs_stay_ended():
    for ended in ("finished", "failed", "cancelled"):
        assert not any(may_become(ended, state) for state in ("queued", "running", "finished", "failed", "cancelled"))


@given(st.integers(0, 100))
def test_a_lease_holds_ten_seconds(seconds):
    later = NOW + dt.timedelta(seconds=seconds)
    assert has_expired(lease_end(NOW), later) == (seconds > 10)


@given(plans)
def test_a_plan_survives_storing(plan):
    packed, parts = pack_plan(plan)
    assert hashes_of(packed) == set(parts)
    assert unpack_plan(json.loads(json.dumps(packed)), parts) == plan


def test_a_large_content_is_stored_in_parts():
    plan = Plan("python", "main.py", {"data": b"x" * (3 * 1024 * 1024 + 1)}, ())
    packed, parts = pack_plan(plan)
    assert [len(part) for part in parts.values()] == [1024 * 1024, 1]
    assert unpack_plan(packed, parts) == plan


patterns = st.sampled_from([b"x", b"\0\xff\xfe", "é\ud7ff\U0001f600".encode()])


@given(st.lists(st.tuples(patterns, st.integers(0, 60_000)), max_size=9))
def test_a_result_is_bounded_and_fits_jsonb(parts):
    streams = [pattern * times for pattern, times in parts]
    kept = result_json(Outcome(tests=tuple(Done("t", "ok", stdout=each, stderr=each) for each in streams)))
    assert "\\u0000" not in json.dumps(kept)
    limit = min(64 * 1024, TOTAL_OUTPUT_BYTES // (2 * max(1, len(streams))))
    for test, stream in zip(kept["tests"], streams, strict=True):
        assert len(test["stdout"]) + len(test["stderr"]) <= 2 * limit
        assert test["stdout_truncated"] == test["stderr_truncated"] == (len(stream) > limit)


STATE = RunnerState(
    "docker",
    slots=2,
    languages=(
        LanguageReadiness("python", "Python", "ready", versions={"python": "3.11.2"}),
        LanguageReadiness("java", "Java", "preparing", "image", 40),
    ),
)


def test_the_runner_is_shown_as_reported_while_the_report_is_fresh():
    shown = running_state(json.loads(json.dumps(state_json(STATE))), NOW, NOW + dt.timedelta(seconds=15))
    assert (shown.state, shown.engine, shown.progress) == ("ready", "docker", 40)
    assert shown.can_run("python")
    assert not shown.can_run("java")
    assert not shown.can_run("cobol")
    assert state_from_json(json.loads(json.dumps(state_json(STATE)))) == STATE


def test_an_old_report_counts_as_silence():
    shown = running_state(state_json(STATE), NOW, NOW + dt.timedelta(seconds=16))
    assert shown.state == "off"
    assert shown.reason
    assert shown.cure
    assert running_state(None, None, NOW).state == "off"


def test_nothing_ready_yet_is_building():
    building = RunnerState("docker", languages=STATE.languages[1:])
    assert running_state(state_json(building), NOW, NOW).state == "building"


def test_an_engine_that_is_off_says_why():
    off = RunnerState("off", reason="no engine", cure="install one", languages=STATE.languages)
    shown = running_state(state_json(off), NOW, NOW)
    assert (shown.state, shown.reason, shown.cure) == ("off", "no engine", "install one")
    assert not shown.can_run("python")


def test_a_toolchain_names_engine_and_versions():
    assert toolchain_of(STATE, "python") == "docker: python 3.11.2"
    assert toolchain_of(STATE, "java") is None
