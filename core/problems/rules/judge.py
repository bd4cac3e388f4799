"""From what came back of a plan's run to one verdict a case."""

from collections.abc import Iterable

from core.problems.rules.checkers import check
from core.problems.rules.kinds import Kind, RunMode, Status, Trust
from core.problems.rules.pack import Pack, TestCase, TestGroup
from core.problems.rules.results import CaseResult, all_passed, read_results, result_for
from core.problems.rules.runplan import PlannedTest, RunPlan
from core.problems.rules.verdict import CaseVerdict, TestOutcome

_NOT_RUN = TestOutcome("", Status.SANDBOX_ERROR, message="The runner reported nothing for this test.")


def judge_plan(pack: Pack, plan: RunPlan, outcomes: Iterable[TestOutcome]) -> tuple[CaseVerdict, ...]:
    """One verdict for each case of the plan, in the plan's order.

    A failed build is told by one outcome of status build_error for each planned test, or for none:
    see `judge_build_error`. A planned test without an outcome counts as a sandbox error.
    """
    by_id = {outcome.id: outcome for outcome in outcomes}
    verdicts: list[CaseVerdict] = []
    for test in plan.tests:
        group = pack.group(test.group)
        verdicts += _judge_test(pack.kind, group, test, by_id.get(test.id, _NOT_RUN))
    return tuple(verdicts)


def judge_build_error(plan: RunPlan, message: str = "") -> tuple[CaseVerdict, ...]:
    """Every case of the plan as build_error."""
    return tuple(
        CaseVerdict(test.group, case, Status.BUILD_ERROR, message)
        for test in plan.tests
        for case in test.cases
    )


def _judge_test(kind: Kind, group: TestGroup, test: PlannedTest, outcome: TestOutcome) -> list[CaseVerdict]:
    cases = [case for case in group.cases if case.id in test.cases]
    if kind is Kind.IO:
        return [_judge_output(group, case, outcome) for case in cases]
    if outcome.status in (Status.BUILD_ERROR, Status.SANDBOX_ERROR):
        return [CaseVerdict(group.id, case.id, outcome.status, outcome.message) for case in cases]
    return [_judge_results(group, case, outcome) for case in cases]


def _judge_output(group: TestGroup, case: TestCase, outcome: TestOutcome) -> CaseVerdict:
    if outcome.status is not Status.OK:
        return CaseVerdict(group.id, case.id, outcome.status, outcome.message)
    if outcome.truncated:
        return CaseVerdict(group.id, case.id, Status.OUTPUT, outcome.message)
    comparison = check(group.checker, case.expected, outcome.stdout)
    if comparison.ok:
        return CaseVerdict(group.id, case.id, Status.OK)
    message = str(comparison.difference)
    return CaseVerdict(group.id, case.id, Status.WRONG, message, comparison.difference)


def _judge_results(group: TestGroup, case: TestCase, outcome: TestOutcome) -> CaseVerdict:
    """Test runners end with an error when a test fails, so the result file speaks before the status."""
    result = _case_result(group, case, outcome)
    if result.found:
        status = Status.OK if result.ok else Status.WRONG
        return CaseVerdict(group.id, case.id, status, result.message)
    if outcome.status is not Status.OK:
        return CaseVerdict(group.id, case.id, outcome.status, outcome.message or result.message)
    return CaseVerdict(group.id, case.id, Status.WRONG, result.message)


def _case_result(group: TestGroup, case: TestCase, outcome: TestOutcome) -> CaseResult:
    if group.results is None:
        return CaseResult(False, False, "The group declares no result file.")
    data = outcome.collected.get(group.results.file)
    if data is None:
        return CaseResult(False, False, f"The run left no {group.results.file} behind.")
    read = read_results(group.results.format, data)
    if group.run is RunMode.EACH and group.trust is Trust.OUT_OF_PROCESS:
        return all_passed(read)
    return result_for(read, case.name)
