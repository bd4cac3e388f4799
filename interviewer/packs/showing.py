"""Proofs in the words of the screens: how far each language is, and what each reference and mutant did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.assessments.models import Proof, ProofState
from core.problems.models import PackVersion
from core.runs.rules.readiness import OFF, RunningState
from interviewer.words import language_name
from server.i18n import _


class Look(StrEnum):
    """What a proof looks like: ``waiting`` for its turn, ``off`` because nothing can run (here or in a language)."""

    PASSED = "passed"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"
    OFF = "off"


@dataclass(frozen=True)
class LanguageState:
    """One language of a pack: its look, ``done`` of ``total`` runs, and what keeps it ("" for nothing)."""

    language: str
    name: str
    look: Look
    done: int
    total: int
    toolchain: str
    why: str = ""

    @property
    def percent(self) -> int:
        """How far, from 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True)
class PackState:
    """A pack as a whole: how many languages are proven, and the look that matters most to a reader."""

    look: Look
    proven: int
    total: int
    done: int
    runs: int

    @property
    def percent(self) -> int:
        """How far the runs are, from 0 to 100."""
        return 100 * self.done // self.runs if self.runs else 0


@dataclass(frozen=True)
class SolutionRow:
    """One reference or mutant: what it must show, and (None while unknown) whether it did, with what it did instead."""

    name: str
    language: str
    mutant: bool
    note: str
    expect: str
    ok: bool | None
    counts: dict[str, int]
    findings: tuple[str, ...]


def told(text: str) -> str:
    """A message id of the runner in the reader's language; catalogues answer the empty one with their header."""
    return _(text) if text else ""


def language_states(
    version: PackVersion, proofs: Sequence[Proof], running: RunningState
) -> list[LanguageState]:
    """One line for each language that the pack declares, in its order."""
    newest = {proof.language: proof for proof in proofs if proof.pack_version_id == version.id}
    return [_language(name, newest.get(name), running) for name in version.manifest["languages"]]


def _language(name: str, proof: Proof | None, running: RunningState) -> LanguageState:
    ready = running.language(name)
    shown = ready.name if ready.name != name else language_name(name)
    if proof is not None and proof.state in (ProofState.PASSED, ProofState.FAILED, ProofState.RUNNING):
        # A proof that runs while the sandbox is away stands still; saying so is the honest state.
        stands = running.state == OFF and proof.state == ProofState.RUNNING
        look = Look.OFF if stands else Look(proof.state)
        return LanguageState(
            name, shown, look, proof.done, proof.total, proof.toolchain, told(running.reason) if stands else ""
        )
    if running.state == OFF:
        return LanguageState(name, shown, Look.OFF, 0, 0, "", told(running.reason))
    if ready.state == "preparing":
        why = _("It is being prepared, %(percent)s %%.", percent=ready.progress)
        return LanguageState(name, shown, Look.WAITING, 0, 0, "", why)
    if ready.state != "ready":
        return LanguageState(name, shown, Look.OFF, 0, 0, "", told(ready.detail))
    return LanguageState(name, shown, Look.WAITING, 0, 0, "")


def pack_state(version: PackVersion, proofs: Sequence[Proof], running: RunningState) -> PackState:
    """The state that a list shows: running before failed before waiting before off; passed when all are."""
    states = language_states(version, proofs, running)
    looks = [state.look for state in states]
    first = next((look for look in ORDER if look in looks), Look.PASSED)
    moving = [state for state in states if state.look is Look.RUNNING]
    return PackState(
        look=first,
        proven=looks.count(Look.PASSED),
        total=len(states),
        done=sum(state.done for state in moving),
        runs=sum(state.total for state in moving),
    )


def solution_rows(version: PackVersion, proofs: Sequence[Proof]) -> list[SolutionRow]:
    """References, then mutants, as the pack declares them, each with what its last proof showed."""
    shown: dict[str, dict[str, Any]] = {}
    for proof in proofs:
        for each in proof.report.get("solutions", ()):
            shown[each["place"]] = each
    references = [
        _solution(f"references/{each['name']}", each, shown, mutant=False)
        for each in version.manifest["references"]
    ]
    mutants = [
        _solution(f"mutants/{each['name']}", each, shown, mutant=True) for each in version.manifest["mutants"]
    ]
    return [*references, *mutants]


def _solution(
    place: str, declared: dict[str, Any], shown: dict[str, dict[str, Any]], *, mutant: bool
) -> SolutionRow:
    found = shown.get(place, {})
    return SolutionRow(
        name=declared["name"],
        language=declared["language"],
        mutant=mutant,
        note=declared.get("note", ""),
        expect=declared.get("expect", "ok"),
        ok=found.get("ok"),
        counts=found.get("counts", {}),
        findings=tuple(found.get("findings", ())),
    )


ORDER = (Look.RUNNING, Look.FAILED, Look.WAITING, Look.OFF)
