"""From the plans of a pack to what the runner takes, and from the runner's answer to one verdict a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.gateways.runner.port import Bounds, Done, Files, Outcome, Plan, PlanDriver, PlanTest
from core.problems.rules.checkers import Difference, DifferenceCode
from core.problems.rules.judge import judge_build_error, judge_plan
from core.problems.rules.kinds import Kind, Status, Trust
from core.problems.rules.limits import loosest_limits
from core.problems.rules.pack import Limits, Pack
from core.problems.rules.runplan import PlannedDriver, PlannedTest, RunPlan
from core.problems.rules.verdict import CaseVerdict, TestOutcome

OWN_TEST = "own"
MESSAGE_LETTERS = 500
Json = dict[str, Any]


def to_plan(planned: RunPlan) -> Plan:
    """A pack's plan in the runner's words; expected outputs stay behind."""
    return Plan(
        language=planned.language,
        entry=planned.entry,
        files=planned.files,
        tests=tuple(PlanTest(t.id, t.stdin, t.args, _bounds(t.limits)) for t in planned.tests),
        build=planned.build,
        argv=planned.argv,
        build_limits=_bounds(planned.build_limits),
        collect=planned.collect,
        driver=_driver(planned.driver),
    )


def _driver(planned: PlannedDriver | None) -> PlanDriver | None:
    if planned is None:
        return None
    return PlanDriver(
        planned.language, planned.files, planned.argv, _bounds(planned.limits), planned.collect
    )


def own_plan(pack: Pack, language: str, files: Files, stdin: bytes) -> Plan:
    """The candidate's program with the candidate's input. Raises KeyError for a language the pack does not have."""
    spoken = pack.language(language)
    limits = spoken.limits
    for group in pack.groups_for(language):
        limits = loosest_limits(limits, group.limits)
    return Plan(
        language=language,
        entry=spoken.entry,
        files=files,
        tests=(PlanTest(OWN_TEST, stdin, (), _bounds(limits)),),
        build=spoken.build,
        argv=spoken.argv,
        build_limits=_bounds(spoken.build_limits),
    )


def can_run_own(pack: Pack, language: str) -> bool:
    """Whether the program can be run by itself: always for io; a project must say its command."""
    return pack.kind is Kind.IO or bool(pack.language(language).argv)


def meta_of(planned: RunPlan) -> Json:
    """What is kept beside a run to judge its answer: which cases each planned test decides."""
    return {
        "groups": list(planned.groups),
        "trust": planned.trust.value,
        "tests": {test.id: {"group": test.group, "cases": list(test.cases)} for test in planned.tests},
    }


def judge(pack: Pack, meta: Mapping[str, Any], outcome: Outcome) -> tuple[CaseVerdict, ...]:
    """One verdict for each case of the plan that ``meta`` tells of."""
    plan = _told_plan(meta)
    if outcome.build is not None and outcome.build_failed:
        return judge_build_error(plan, _build_message(outcome.build))
    return judge_plan(pack, plan, [_test_outcome(done) for done in outcome.tests])


def lost_verdicts(meta: Mapping[str, Any], message: str) -> tuple[CaseVerdict, ...]:
    """Every case as a sandbox error: the run itself failed."""
    return tuple(
        CaseVerdict(test.group, case, Status.SANDBOX_ERROR, message)
        for test in _told_plan(meta).tests
        for case in test.cases
    )


def verdict_json(verdict: CaseVerdict) -> Json:
    """A verdict as it is stored; texts are bounded and fit JSONB."""
    difference = verdict.difference
    return {
        "group": verdict.group,
        "case": verdict.case,
        "status": verdict.status.value,
        "message": _clean(verdict.message),
        "difference": difference
        and {
            **asdict(difference),
            "code": difference.code.value,
            "expected": _clean(difference.expected),
            "actual": _clean(difference.actual),
        },
    }


def verdict_from_json(raw: Mapping[str, Any]) -> CaseVerdict:
    """The value of ``verdict_json`` again."""
    difference = raw["difference"]
    return CaseVerdict(
        raw["group"],
        raw["case"],
        Status(raw["status"]),
        raw["message"],
        difference and Difference(**{**difference, "code": DifferenceCode(difference["code"])}),
    )


def verdicts_from_json(stored: Sequence[Mapping[str, Any]] | None) -> tuple[CaseVerdict, ...]:
    """The stored verdicts of one run; none while it has none."""
    return tuple(verdict_from_json(raw) for raw in stored or ())


def _bounds(limits: Limits) -> Bounds:
    return Bounds(**asdict(limits))


def _told_plan(meta: Mapping[str, Any]) -> RunPlan:
    tests = tuple(
        PlannedTest(test_id, told["group"], tuple(told["cases"]), b"", (), Limits())
        for test_id, told in meta["tests"].items()
    )
    return RunPlan(
        groups=tuple(meta["groups"]), language="", entry="", files={}, build=None, argv=None, build_limits=Limits(),
        tests=tests, collect=(), driver=None, trust=Trust(meta["trust"]),
    )  # fmt: skip


def _test_outcome(done: Done) -> TestOutcome:
    known = done.status in Status.__members__.values()
    return TestOutcome(
        done.id,
        Status(done.status) if known else Status.SANDBOX_ERROR,
        done.stdout,
        done.stdout_truncated,
        done.collected,
        done.detail,
    )


def _build_message(build: Done) -> str:
    said = (build.stderr or build.stdout).decode("utf-8", "replace")
    return _clean(said or build.detail or f"The build ended as {build.status}.")


def _clean(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:MESSAGE_LETTERS]
