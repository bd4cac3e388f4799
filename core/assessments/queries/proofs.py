"""What is proven: a pack version × language × toolchain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.assessments.models import Proof, ProofState
from core.assessments.rules.proofs import may_retry
from core.gateways.runner.port import RunnerState
from core.problems.models import Pack, PackVersion
from core.runs.rules.readiness import toolchain_of

RETRY_SECONDS = 60


def offered_languages(session: Session, pack_version_id: int) -> list[str]:
    """The languages whose last finished proof passed, in the pack's own order."""
    finished = (ProofState.PASSED, ProofState.FAILED)
    last = (
        select(Proof.language, Proof.state)
        .where(Proof.pack_version_id == pack_version_id, Proof.state.in_(finished))
        .ext(distinct_on(Proof.language))
        .order_by(Proof.language, Proof.finished_at.desc().nulls_last(), Proof.id.desc())
    )
    passed = {language for language, state in session.execute(last) if state == ProofState.PASSED}
    version = session.get_one(PackVersion, pack_version_id)
    return [language for language in version.manifest["languages"] if language in passed]


def proofs_of(session: Session, pack_version_ids: Iterable[int]) -> Sequence[Proof]:
    """The newest proof of each language of these versions, whatever its state."""
    newest = (
        select(Proof)
        .where(Proof.pack_version_id.in_(set(pack_version_ids)))
        .ext(distinct_on(Proof.pack_version_id, Proof.language))
        .order_by(Proof.pack_version_id, Proof.language, Proof.id.desc())
    )
    return session.scalars(newest).all()


def versions_to_prove(session: Session, state: RunnerState, now: dt.datetime) -> list[int]:
    """Newest versions of packs in use that have a ready language without a proof on its present toolchain.

    Also those with a proof that waits for its start (its job was lost) or that failed by the sandbox's fault.
    """
    newest = select(func.max(PackVersion.id)).group_by(PackVersion.pack_id)
    in_use = (
        select(PackVersion.id, PackVersion.manifest["languages"])
        .join(Pack, Pack.id == PackVersion.pack_id)
        .where(PackVersion.id.in_(newest), Pack.retired_at.is_(None))
        .order_by(PackVersion.id)
    )
    wanted = {row[0]: row[1] for row in session.execute(in_use)}
    settled = {
        (proof.pack_version_id, proof.language, proof.toolchain)
        for proof in session.scalars(select(Proof).where(Proof.pack_version_id.in_(wanted)))
        if not needs_start(proof, now)
    }
    return [
        version_id
        for version_id, languages in wanted.items()
        if any(
            (toolchain := toolchain_of(state, name)) and (version_id, name, toolchain) not in settled
            for name in languages
        )
    ]


def needs_start(proof: Proof, now: dt.datetime) -> bool:
    """Whether a proof has yet to start, or should start again after an error of the sandbox."""
    if proof.state == ProofState.PENDING:
        return True
    if proof.state != ProofState.FAILED or not may_retry(proof.report):
        return False
    return proof.finished_at is not None and (now - proof.finished_at).total_seconds() > RETRY_SECONDS
