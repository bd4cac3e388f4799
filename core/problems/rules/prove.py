"""The prove gate: what references and mutants must show before a pack is offered, a language at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.problems.rules.kinds import Status, Visibility
from core.problems.rules.pack import Mutant, Pack, Reference
from core.problems.rules.verdict import CaseVerdict

# These never tell a wrong answer from an accident, so a mutant ends in them only when declared.
ACCIDENTS = frozenset({Status.BUILD_ERROR, Status.TIME, Status.SANDBOX_ERROR})


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a solution fails the gate; `place` is references/<name> or mutants/<name>."""

    place: str
    message: str


def reference_findings(
    pack: Pack, reference: Reference, verdicts: Iterable[CaseVerdict]
) -> tuple[Finding, ...]:
    """Empty when the reference passed every case of every group of its language."""
    place = f"references/{reference.name}"
    statuses = {(verdict.group, verdict.case): verdict for verdict in verdicts}
    findings = []
    for group in pack.groups_for(reference.language):
        for case in group.cases:
            verdict = statuses.get((group.id, case.id))
            if verdict is None:
                findings.append(Finding(place, f"{group.id}/{case.id} was not run"))
            elif not verdict.passed:
                findings.append(Finding(place, f"{group.id}/{case.id} ended as {_told(verdict)}"))
    return tuple(findings)


def mutant_findings(pack: Pack, mutant: Mutant, verdicts: Iterable[CaseVerdict]) -> tuple[Finding, ...]:
    """Empty when at least one hidden case ended as the mutant declares, and none by accident."""
    place = f"mutants/{mutant.name}"
    hidden = {g.id for g in pack.groups_for(mutant.language) if g.visibility is Visibility.HIDDEN}
    mine: Sequence[CaseVerdict] = [verdict for verdict in verdicts if verdict.group in hidden]
    findings = [
        Finding(
            place, f"{v.group}/{v.case} ended as {_told(v)}; declare `expect: {v.status}` or mend the mutant"
        )
        for v in mine
        if v.status in ACCIDENTS and v.status is not mutant.expect
    ]
    if not findings and not any(verdict.status is mutant.expect for verdict in mine):
        message = f"no hidden case ended as {mutant.expect}; add a test that finds it out"
        findings.append(Finding(place, message))
    return tuple(findings)


def _told(verdict: CaseVerdict) -> str:
    return f"{verdict.status} ({verdict.message[:200]})" if verdict.message else str(verdict.status)
