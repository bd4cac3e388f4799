"""The first assessment, made from a proven pack with everything else as most teams would begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.assessments.models import Proof, ProofState
from core.assessments.queries.offers import PackOffer, offered_packs
from core.assessments.queries.proofs import proofs_of
from core.assessments.rules.body import (
    AiMode,
    AiPolicy,
    Body,
    Contact,
    FollowUp,
    ShareLevel,
    Task,
    TimePolicy,
    TimeRule,
    Window,
)
from core.assessments.rules.manifests import make_manifest
from core.assessments.rules.rubrics import REAL_WORK
from core.problems.models import PackVersion
from core.problems.queries.packs import list_packs
from server.i18n import _


@dataclass(frozen=True)
class Choice:
    """A shipped pack on the last step: what it is, where it is proven, and how far the others are."""

    version: PackVersion
    languages: tuple[str, ...]
    proofs: tuple[Proof, ...]

    @property
    def about(self) -> dict[str, Any]:
        """Summary, effort and difficulty, as the pack says."""
        return self.version.manifest

    @property
    def running(self) -> list[Proof]:
        """Proofs that are still under way."""
        return [proof for proof in self.proofs if proof.state in (ProofState.PENDING, ProofState.RUNNING)]

    @property
    def failed(self) -> list[Proof]:
        """Proofs that ended without proving anything."""
        return [proof for proof in self.proofs if proof.state == ProofState.FAILED]


def choices(session: Session, organisation_id: int) -> list[Choice]:
    """The packs an organisation may use: proven ones first."""
    versions = list_packs(session, organisation_id)
    offers = offered_packs(session, organisation_id)
    proofs: dict[int, list[Proof]] = {}
    for proof in proofs_of(session, [version.id for version in versions]):
        proofs.setdefault(proof.pack_version_id, []).append(proof)
    found = [
        Choice(version, _languages(offers.get(version.uuid)), tuple(proofs.get(version.id, [])))
        for version in versions
    ]
    return sorted(found, key=lambda choice: (not choice.languages, choice.version.pack.title))


def _languages(offer: PackOffer | None) -> tuple[str, ...]:
    return offer.languages if offer else ()


def example_body(choice: Choice, contact: Contact) -> Body:
    """An assessment of one task, in every language that is proven."""
    questions = [str(question) for question in choice.about.get("questions", [])][:3] or [
        _("Which decision in your work would you defend first, and why?")
    ]
    return Body(
        tasks=(Task(choice.version.uuid, choice.languages),),
        rubric=REAL_WORK,
        time=TimeRule(max(30, int(choice.about["effort_minutes"]) * 3 // 2), TimePolicy.OVERTIME),
        window=Window(),
        ai_policy=AiPolicy(
            AiMode.PERMITTED,
            _("Use the tools that you would use at work. You answer for what you hand in, whoever wrote it."),
        ),
        manifest=make_manifest(),
        follow_ups=tuple(
            FollowUp(f"question_{number}", text, required=number == 1)
            for number, text in enumerate(questions, start=1)
        ),
        share_level=ShareLevel.OVERALL,
        contact=contact,
        role_title=_("Software engineer"),
        intro=_("This is a piece of real work, shortened. Work as you would on an ordinary day."),
    )
