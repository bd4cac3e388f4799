"""From plans to runs and from answers to verdicts: nothing expected travels, nothing is lost on the way."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assessments.rules.proofs import conclude, may_retry, report_json, solutions
from core.assessments.rules.running import (
    can_run_own,
    judge,
    lost_verdicts,
    meta_of,
    own_plan,
    to_plan,
    verdict_from_json,
    verdict_json,
)
from core.gateways.runner.port import Done, Outcome
from core.problems.rules.checkers import Difference, DifferenceCode
from core.problems.rules.kinds import Status, Visibility
from core.problems.rules.pack import Pack
from core.problems.rules.runplan import plan_submission
from core.problems.rules.validate import read_pack
from core.problems.rules.verdict import CaseVerdict
from tests.core.problems.sample import IO_FILES, PROJECT_FILES

FILES = {"main.py": b"print(3)"}
TAP = b"TAP version 13\n1..1\nok 1 - starts\n"
texts = st.text(max_size=30) | st.just("a\0b") | st.just("\ud800") | st.just("x" * 3000)
differences = st.builds(Difference, st.sampled_from(DifferenceCode), st.integers(0, 9), texts, texts)
verdicts = st.builds(
    CaseVerdict, st.just("g"), st.just("c"), st.sampled_from(Status), texts, st.none() | differences
)


def pack_of(files: dict[str, bytes]) -> Pack:
    read = read_pack(files)
    assert read.pack is not None
    return read.pack


IO, PROJECT = pack_of(IO_FILES), pack_of(PROJECT_FILES)


def test_expected_outputs_stay_behind():
    [planned] = plan_submission(IO, "python", FILES)
    plan = to_plan(planned)
    assert [test.stdin for test in plan.tests] == [b"1 2", b"5 6\n", b"-1 1\n", b"2 2\n"]
    said = repr(asdict(plan))
    for secret in ("expected", "11\\n", "b'3'"):
        assert secret not in said
    assert "expected" not in json.dumps(meta_of(planned))


def test_hidden_files_of_an_out_of_process_group_stand_in_the_drivers_box_alone():
    plans = {plan.groups[0]: to_plan(plan) for plan in plan_submission(PROJECT, "python", {"service/x.py": b""})}
    hidden = plans["behaviour"]
    assert "drive.py" not in hidden.files
    assert hidden.driver is not None
    assert hidden.driver.files == {"drive.py": b"# hidden\n"}
    assert plans["visible"].driver is None


def done(test_id: str, stdout: bytes, status: str = "ok", **values: object) -> Done:
    return Done(test_id, status, stdout=stdout, **values)  # type: ignore[arg-type]


def test_verdicts_are_made_from_what_is_kept_beside_the_run():
    [planned] = plan_submission(IO, "python", FILES)
    meta = json.loads(json.dumps(meta_of(planned)))
    answers = (done("samples:small", b"3"), done("grading:1", b"12"), done("grading:2", b"", "time"))
    found = {v.case: v.status for v in judge(IO, meta, Outcome(tests=answers))}
    assert found == {"small": Status.OK, "1": Status.WRONG, "2": Status.TIME, "10": Status.SANDBOX_ERROR}


def test_a_failed_build_is_every_cases_verdict():
    [planned] = plan_submission(IO, "python", FILES)
    build = done("build", b"", "build_error", stderr=b"no such thing")
    found = judge(IO, meta_of(planned), Outcome(build=build))
    assert {(v.status, v.message) for v in found} == {(Status.BUILD_ERROR, "no such thing")}
    assert len(found) == 4


def test_project_results_come_from_what_the_driver_left():
    behaviour = next(plan for plan in plan_submission(PROJECT, "python", {}) if plan.groups == ("behaviour",))
    tests = (
        done("behaviour:starts", b"", collected={"results.tap": TAP}),
        done("behaviour:survives", b"all tests passed\n"),
    )
    found = {v.case: v.status for v in judge(PROJECT, meta_of(behaviour), Outcome(tests=tests))}
    assert found == {"starts": Status.OK, "survives": Status.WRONG}


def test_a_lost_run_is_a_sandbox_error_in_every_case():
    [planned] = plan_submission(IO, "python", FILES)
    assert {v.status for v in lost_verdicts(meta_of(planned), "gone")} == {Status.SANDBOX_ERROR}


def test_a_status_nobody_knows_is_no_pass():
    [planned] = plan_submission(IO, "python", FILES, visibility=Visibility.PUBLIC)
    [verdict] = judge(IO, meta_of(planned), Outcome(tests=(done("samples:small", b"3", "splendid"),)))
    assert verdict.status is Status.SANDBOX_ERROR


@given(verdicts)
def test_a_verdict_survives_storing_bounded_and_fit_for_jsonb(verdict):
    stored = verdict_json(verdict)
    text = json.dumps(stored)
    assert "\\u0000" not in text
    assert "\\ud800" not in text
    assert len(text) < 20_000
    again = verdict_from_json(json.loads(text))
    assert (again.group, again.case, again.status) == (verdict.group, verdict.case, verdict.status)
    assert (again.difference is None) == (verdict.difference is None)
    assert verdict_json(again) == stored


def test_the_own_run_takes_the_loosest_limits_of_the_groups():
    plan = own_plan(IO, "cpp", {"main.cpp": b""}, b"7")
    assert (plan.tests[0].stdin, plan.tests[0].limits.wall_ms, plan.tests[0].limits.memory_mb) == (b"7", 4000, 128)
    with pytest.raises(KeyError):
        own_plan(IO, "cobol", {}, b"")
    assert can_run_own(IO, "python")
    assert can_run_own(PROJECT, "python")


def passed(language: str = "python") -> dict[str, list[CaseVerdict]]:
    """Verdicts of a proof in which everybody does their part."""
    found = {}
    for solution in solutions(IO, language):
        reference = solution.place.startswith("references/")
        status = Status.OK if reference else Status.WRONG
        groups = IO.groups_for(language)
        found[solution.place] = [CaseVerdict(g.id, c.id, status) for g in groups for c in g.cases]
    return found


def test_the_gate_opens_when_everybody_does_their_part():
    shown = conclude(IO, "python", passed())
    assert [each.place for each in shown] == ["references/python-main", "mutants/python-minus"]
    assert all(each.ok for each in shown)
    assert report_json(shown, 1)["sandbox_error"] is False


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.OK])
def test_a_reference_must_pass_every_case(status):
    found = passed()
    found["references/python-main"][2] = CaseVerdict("grading", "2", status)
    [reference, _] = conclude(IO, "python", found)
    assert not reference.ok
    assert "grading/2" in reference.findings[0]


@pytest.mark.parametrize("status", [Status.TIME, Status.BUILD_ERROR, Status.SANDBOX_ERROR, Status.OK])
def test_a_mutant_must_be_found_out_and_not_by_accident(status):
    found = passed()
    found["mutants/python-minus"] = [CaseVerdict("grading", case, status) for case in ("1", "2", "10")]
    [_, mutant] = conclude(IO, "python", found)
    assert not mutant.ok


def test_a_solution_that_never_ran_fails():
    assert not any(each.ok for each in conclude(IO, "python", {}))


def test_only_a_sandbox_error_is_tried_again_and_not_for_ever():
    broken = passed()
    broken["mutants/python-minus"][1] = CaseVerdict("grading", "1", Status.SANDBOX_ERROR)
    shown = conclude(IO, "python", broken)
    assert [may_retry(report_json(shown, number)) for number in (1, 2, 3)] == [True, True, False]
    assert not may_retry(report_json(conclude(IO, "python", {}), 1))
