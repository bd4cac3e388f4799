"""Plans, verdicts, scores and the prove gate."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems.rules.judge import judge_build_error, judge_plan
from core.problems.rules.kinds import Award, Status, Trust, Visibility
from core.problems.rules.limits import loosest_limits, merge_limits
from core.problems.rules.pack import Limits, Pack, TestCase
from core.problems.rules.prove import mutant_findings, reference_findings
from core.problems.rules.runplan import plan_mutant, plan_reference, plan_submission, restore
from core.problems.rules.score import round_half_up, score_tests
from core.problems.rules.validate import read_pack
from core.problems.rules.verdict import CaseVerdict, TestOutcome
from tests.core.problems.sample import IO_FILES, PROJECT_FILES


def pack(files: dict[str, bytes]) -> Pack:
    found = read_pack(files).pack
    assert found is not None
    return found


IO = pack(IO_FILES)
PROJECT = pack(PROJECT_FILES)
SUMS = {"samples:small": b"3", "grading:1": b"11", "grading:2": b"0", "grading:10": b"4"}


def outcomes(outputs: dict[str, bytes]) -> list[TestOutcome]:
    return [TestOutcome(name, Status.OK, output) for name, output in outputs.items()]


def test_an_io_pack_needs_one_plan() -> None:
    (plan,) = plan_submission(IO, "cpp", {"main.cpp": b"x"})
    assert plan.groups == ("samples", "grading")
    assert [test.id for test in plan.tests] == list(SUMS)
    assert (plan.entry, plan.build, plan.argv, plan.driver) == ("main.cpp", None, None, None)
    assert plan.tests[0].limits == Limits(wall_ms=4000, memory_mb=128)
    (public,) = plan_submission(IO, "python", {}, visibility=Visibility.PUBLIC)
    assert public.groups == ("samples",)
    with pytest.raises(KeyError):
        plan_submission(IO, "java", {})


def test_hidden_cases_never_stand_in_a_plans_files() -> None:
    for plan in plan_submission(IO, "python", {"main.py": b"x"}):
        assert set(plan.files) == {"main.py"}
    public, hidden = plan_submission(PROJECT, "python", PROJECT.references[0].files)
    assert "runtests.py" in public.files
    assert "drive.py" not in hidden.files
    assert hidden.driver is not None
    assert set(hidden.driver.files) == {"drive.py"}
    assert hidden.driver.collect == ("results.tap",)
    assert hidden.collect == ()


def test_project_plans() -> None:
    public, hidden = plan_reference(PROJECT, PROJECT.references[0])
    assert (public.trust, public.argv) == (Trust.IN_PROCESS, ("python3", "-m", "runtests"))
    assert [(test.id, test.cases) for test in public.tests] == [("visible", ("adds", "floats"))]
    assert (hidden.trust, hidden.argv) == (Trust.OUT_OF_PROCESS, ("python3", "-m", "service"))
    assert [(test.id, test.args) for test in hidden.tests] == [
        ("behaviour:starts", ("starts",)),
        ("behaviour:survives", ("survives",)),
    ]
    assert hidden.driver is not None
    assert hidden.driver.limits.wall_ms == 9000
    assert [plan.groups for plan in plan_mutant(PROJECT, PROJECT.mutants[0])] == [("behaviour",)]


def test_configuration_and_tests_are_restored() -> None:
    theirs = {
        "service/__main__.py": b"mine",
        "setup.cfg": b"[evil]",
        "tests/visible/test_it.py": b"pass",
        "tests/visible/conftest.py": b"evil",
        "tests/mine/test_more.py": b"mine",
    }
    public, _ = plan_submission(PROJECT, "python", theirs)
    assert public.files["setup.cfg"] == b"[x]\n"
    assert public.files["tests/visible/test_it.py"] == b"# visible\n"
    assert "tests/visible/conftest.py" not in public.files
    assert public.files["tests/mine/test_more.py"] == b"mine"
    assert public.files["service/__main__.py"] == b"mine"


@given(st.dictionaries(st.sampled_from(["a", "t/a", "t/b", "u/t/a", "ta"]), st.binary(max_size=3)))
def test_restored_paths_are_the_starters(theirs: dict[str, bytes]) -> None:
    starter = {"t/a": b"starter", "b": b"starter", "a": b"starter"}
    tree = restore(theirs, starter, ["t/", "b"])
    assert {p: d for p, d in tree.items() if p.startswith("t/")} == {"t/a": b"starter"}
    assert tree["b"] == b"starter"
    for path in set(theirs) - {"t/a", "t/b", "b"}:
        assert tree[path] == theirs[path]


def test_io_verdicts() -> None:
    (plan,) = plan_submission(IO, "python", {})
    verdicts = judge_plan(IO, plan, outcomes(SUMS | {"grading:2": b"7"}))
    assert [v.status for v in verdicts] == [Status.OK, Status.OK, Status.WRONG, Status.OK]
    assert verdicts[2].message == "Line 1: expected 0, got 7"
    broken = [
        TestOutcome("samples:small", Status.TIME),
        TestOutcome("grading:1", Status.OK, b"11", truncated=True),
        TestOutcome("grading:2", Status.RUNTIME_ERROR, b"0", message="exit 1"),
    ]
    statuses = [v.status for v in judge_plan(IO, plan, broken)]
    assert statuses == [Status.TIME, Status.OUTPUT, Status.RUNTIME_ERROR, Status.SANDBOX_ERROR]
    assert {v.status for v in judge_build_error(plan, "no")} == {Status.BUILD_ERROR}
    assert len(judge_build_error(plan)) == 4


JUNIT = b"<testsuite><testcase classname='visible.Adds' name='test_adds'/>%s</testsuite>"


def test_project_verdicts_in_process() -> None:
    public, _ = plan_reference(PROJECT, PROJECT.references[0])
    good = JUNIT % b"<testcase name='test_floats'/>"
    bad = JUNIT % b"<testcase name='test_floats'><failure message='no'/></testcase>"

    def judged(data: bytes | None, status: Status) -> list[Status]:
        files = {} if data is None else {"results.xml": data}
        return [
            v.status for v in judge_plan(PROJECT, public, [TestOutcome("visible", status, collected=files)])
        ]

    assert judged(good, Status.OK) == [Status.OK, Status.OK]
    assert judged(bad, Status.RUNTIME_ERROR) == [Status.OK, Status.WRONG]
    assert judged(JUNIT % b"", Status.OK) == [Status.OK, Status.WRONG]
    assert judged(JUNIT % b"", Status.TIME) == [Status.OK, Status.TIME]
    assert judged(None, Status.OK) == [Status.WRONG, Status.WRONG]
    assert judged(None, Status.MEMORY) == [Status.MEMORY, Status.MEMORY]
    assert judged(good, Status.SANDBOX_ERROR) == [Status.SANDBOX_ERROR, Status.SANDBOX_ERROR]


def test_project_verdicts_out_of_process() -> None:
    _, hidden = plan_reference(PROJECT, PROJECT.references[0])

    def judged(first: bytes, second: bytes) -> list[Status]:
        found = [
            TestOutcome("behaviour:starts", Status.OK, collected={"results.tap": first}),
            TestOutcome("behaviour:survives", Status.RUNTIME_ERROR, collected={"results.tap": second}),
        ]
        return [v.status for v in judge_plan(PROJECT, hidden, found)]

    good = b"1..2\nok 1\nok 2\n"
    assert judged(good, good) == [Status.OK, Status.OK]
    assert judged(b"1..2\nok 1\nnot ok 2\n", good) == [Status.WRONG, Status.OK]
    # A plan that was not kept is no pass.
    assert judged(b"1..2\nok 1\n", b"1..2\nok 1\n") == [Status.WRONG, Status.RUNTIME_ERROR]
    assert judged(b"1..0\n", good) == [Status.WRONG, Status.OK]


def verdicts(group: str, passed: int, total: int) -> list[CaseVerdict]:
    return [CaseVerdict(group, str(n), Status.OK if n < passed else Status.WRONG) for n in range(total)]


def group(name: str, points: str, total: int, award: Award = Award.EACH):  # type: ignore[no-untyped-def]
    cases = tuple(TestCase(str(n), str(n)) for n in range(total))
    return replace(IO.groups[0], id=name, points=Decimal(points), cases=cases, award=award)


def test_score_is_exact_and_half_up() -> None:
    groups = [group("a", "1", 3), group("b", "2", 2)]
    score = score_tests(groups, verdicts("a", 2, 3) + verdicts("b", 1, 2))
    # 10 * (2/3 + 1) / 3 = 5.5555…
    assert score.score == Decimal("5.56")
    assert (score.passed, score.total, score.unjudged) == (3, 5, 0)
    assert score.groups[0].earned == Decimal("0.67")
    assert round_half_up(Decimal("7.255")) == Decimal("7.26")
    assert round_half_up(Decimal("7.245")) == Decimal("7.25")


def test_all_or_nothing() -> None:
    groups = [group("a", "5", 4, Award.ALL), group("b", "5", 4)]
    assert score_tests(groups, verdicts("a", 3, 4) + verdicts("b", 3, 4)).score == Decimal("3.75")
    assert score_tests(groups, verdicts("a", 4, 4) + verdicts("b", 4, 4)).score == Decimal("10.00")


def test_missing_verdicts_count_as_not_passed_and_no_points_are_refused() -> None:
    assert score_tests([group("a", "5", 4)], []).score == Decimal("0.00")
    with pytest.raises(ValueError, match="points"):
        score_tests([group("a", "0", 4)], [])
    odd = [CaseVerdict("a", "0", Status.SANDBOX_ERROR)]
    assert score_tests([group("a", "5", 4)], odd).unjudged == 1


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=6),
    st.sampled_from(list(Award)),
)
def test_score_bounds(rows: list[tuple[int, int, int]], award: Award) -> None:
    groups = [group(str(n), str(p), total, award) for n, (p, total, _) in enumerate(rows)]
    if not any(p for p, _, _ in rows):
        return
    found = [
        v for n, (_, total, passed) in enumerate(rows) for v in verdicts(str(n), min(passed, total), total)
    ]
    score = score_tests(groups, found)
    assert Decimal(0) <= score.score <= Decimal(10)
    # Exponent -2: two places.
    assert score.score.as_tuple().exponent == -2
    full = score_tests(groups, [v for n, (_, t, _) in enumerate(rows) for v in verdicts(str(n), t, t)])
    assert full.score == Decimal(10)
    assert score.score <= full.score


def statuses(*pairs: tuple[str, Status]) -> list[CaseVerdict]:
    return [CaseVerdict(*place.split(":"), status) for place, status in pairs]  # type: ignore[call-arg, misc]


def test_prove_reference() -> None:
    reference = IO.references[0]
    (plan,) = plan_reference(IO, reference)
    assert reference_findings(IO, reference, judge_plan(IO, plan, outcomes(SUMS))) == ()
    wrong = judge_plan(IO, plan, outcomes(SUMS | {"grading:1": b"12"}))
    (finding,) = reference_findings(IO, reference, wrong)
    assert finding.place == "references/cpp-main"
    assert "grading/1 ended as wrong" in finding.message
    assert len(reference_findings(IO, reference, [])) == 4


def test_prove_mutant() -> None:
    mutant = IO.mutants[0]
    found = statuses(("grading:1", Status.WRONG), ("grading:2", Status.OK))
    assert mutant_findings(IO, mutant, found) == ()
    all_ok = statuses(("grading:1", Status.OK), ("grading:2", Status.OK))
    assert "no hidden case ended as wrong" in mutant_findings(IO, mutant, all_ok)[0].message
    # A failing public case alone does not prove the hidden tests.
    assert mutant_findings(IO, mutant, statuses(("samples:small", Status.WRONG)))
    for accident in (Status.TIME, Status.BUILD_ERROR, Status.SANDBOX_ERROR):
        mixed = statuses(("grading:1", Status.WRONG), ("grading:2", accident))
        assert accident in mutant_findings(IO, mutant, mixed)[0].message
    slow = replace(mutant, expect=Status.TIME)
    assert mutant_findings(IO, slow, statuses(("grading:1", Status.TIME))) == ()
    assert mutant_findings(IO, slow, statuses(("grading:1", Status.WRONG)))
    crash = statuses(("grading:1", Status.RUNTIME_ERROR), ("grading:2", Status.WRONG))
    assert mutant_findings(IO, mutant, crash) == ()


some_limits = st.builds(
    Limits, wall_ms=st.none() | st.integers(1, 9), memory_mb=st.none() | st.integers(1, 9)
)


@given(some_limits, some_limits)
def test_limits_join(first: Limits, second: Limits) -> None:
    merged, loosest = merge_limits(first, second), loosest_limits(first, second)
    assert merged.wall_ms == (second.wall_ms if first.wall_ms is None else first.wall_ms)
    assert loosest == loosest_limits(second, first)
    assert loosest.memory_mb == max((m for m in (first.memory_mb, second.memory_mb) if m), default=None)
