"""The prove gate's law: what has to run, and what it showed (pure).

Every reference of a language must pass every group; every mutant must build and end at least one hidden test as wrong,
unless the pack declares another end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.problems.rules.kinds import Status
from core.problems.rules.pack import Mutant, Pack, Reference
from core.problems.rules.prove import mutant_findings, reference_findings
from core.problems.rules.runplan import RunPlan, plan_mutant, plan_reference
from core.problems.rules.verdict import CaseVerdict

MAX_ROUNDS = 3  # a sandbox error says nothing about a pack: its proof is tried again, but not for ever


@dataclass(frozen=True, slots=True)
class Solution:
    """A reference or mutant of one language; ``place`` is references/<name> or mutants/<name>."""

    place: str
    item: Reference | Mutant
    plans: tuple[RunPlan, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What one solution did: how many cases ended how, and why it fails the gate (nothing when it does not)."""

    place: str
    expect: str
    ok: bool
    counts: Mapping[str, int]
    findings: tuple[str, ...]


def solutions(pack: Pack, language: str) -> tuple[Solution, ...]:
    """Everything that must run to prove a pack in a language, references first."""
    references = [
        Solution(f"references/{each.name}", each, plan_reference(pack, each))
        for each in pack.references
        if each.language == language
    ]
    mutants = [
        Solution(f"mutants/{each.name}", each, plan_mutant(pack, each))
        for each in pack.mutants
        if each.language == language
    ]
    return (*references, *mutants)


def conclude(
    pack: Pack, language: str, verdicts: Mapping[str, Iterable[CaseVerdict]]
) -> tuple[Shown, ...]:
    """What each solution did, by the verdicts of its place; the gate is passed when all are ``ok``."""
    return tuple(_shown(pack, each, tuple(verdicts.get(each.place, ()))) for each in solutions(pack, language))


def _shown(pack: Pack, solution: Solution, verdicts: Sequence[CaseVerdict]) -> Shown:
    item = solution.item
    if isinstance(item, Reference):
        findings, expect = reference_findings(pack, item, verdicts), Status.OK
    else:
        findings, expect = mutant_findings(pack, item, verdicts), item.expect
    counts = Counter(verdict.status.value for verdict in verdicts)
    told = tuple(finding.message for finding in findings)
    return Shown(solution.place, expect.value, not findings, dict(sorted(counts.items())), told)


def report_json(shown: Sequence[Shown], round_number: int) -> dict[str, Any]:
    """A proof's report: ``{"round", "sandbox_error", "solutions": [{"place", "expect", "ok", "counts", "findings"}]}``."""
    return {
        "round": round_number,
        "sandbox_error": any(Status.SANDBOX_ERROR.value in each.counts for each in shown),
        "solutions": [{**asdict(each), "findings": list(each.findings)[:20]} for each in shown],
    }


def may_retry(report: Mapping[str, Any]) -> bool:
    """Whether a failed proof failed by the sandbox's fault and has a round left."""
    return bool(report.get("sandbox_error")) and int(report.get("round", 1)) < MAX_ROUNDS
