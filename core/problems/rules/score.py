"""The tests score: points per group, 0-10 in all, exact decimals (decision 22)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.problems.rules.kinds import Award, Status, Trust, Visibility
from core.problems.rules.pack import TestGroup
from core.problems.rules.verdict import CaseVerdict

TOP = Decimal(10)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class GroupTally:
    """What one group gave. `earned` has two places, for showing; the score is made from exact values."""

    group: str
    title: str
    visibility: Visibility
    trust: Trust
    points: Decimal
    earned: Decimal
    passed: int
    total: int


@dataclass(frozen=True, slots=True)
class Score:
    """`score` 0-10 with two places. `unjudged` counts sandbox errors: while it is not 0, run again."""

    score: Decimal
    points: Decimal
    earned: Decimal
    passed: int
    total: int
    unjudged: int
    groups: tuple[GroupTally, ...]


def round_half_up(value: Decimal) -> Decimal:
    """Two decimal places, halves away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def score_tests(groups: Sequence[TestGroup], verdicts: Iterable[CaseVerdict]) -> Score:
    """The score of these groups; a case without a verdict counts as not passed.

    Raises ValueError when no group has points.
    """
    by_case = {(verdict.group, verdict.case): verdict.status for verdict in verdicts}
    points = sum((group.points for group in groups), Decimal(0))
    if not points:
        raise ValueError("no group has points; give one `points`")
    tallies = []
    scaled = Decimal(0)
    unjudged = 0
    for group in groups:
        statuses = [by_case.get((group.id, case.id)) for case in group.cases]
        passed = statuses.count(Status.OK)
        unjudged += statuses.count(Status.SANDBOX_ERROR)
        share = _share(group, passed)
        scaled += share
        tallies.append(_tally(group, passed, share))
    return Score(
        score=round_half_up(TOP * scaled / points),
        points=points,
        earned=round_half_up(scaled),
        passed=sum(tally.passed for tally in tallies),
        total=sum(tally.total for tally in tallies),
        unjudged=unjudged,
        groups=tuple(tallies),
    )


def _share(group: TestGroup, passed: int) -> Decimal:
    total = len(group.cases)
    if group.award is Award.ALL:
        return group.points if passed == total else Decimal(0)
    return group.points * passed / total


def _tally(group: TestGroup, passed: int, share: Decimal) -> GroupTally:
    return GroupTally(
        group=group.id,
        title=group.title,
        visibility=group.visibility,
        trust=group.trust,
        points=group.points,
        earned=round_half_up(share),
        passed=passed,
        total=len(group.cases),
    )
