"""Which packs may be used in an assessment: those that are proven, in the languages in which they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, contains_eager

from core.assessments.models import Proof, ProofState
from core.assessments.rules.body_check import Offered
from core.problems.models import Pack, PackVersion


@dataclass(frozen=True)
class PackOffer:
    """A pack version with the languages in which it is proven, in the pack's own order."""

    version: PackVersion
    languages: tuple[str, ...]


def offered_packs(
    session: Session, organisation_id: int, also: Iterable[uuid.UUID] = ()
) -> dict[uuid.UUID, PackOffer]:
    """The newest proven version of each pack, and proven ones among ``also``, by UUID and in order of title.

    In each language the last proof that came to an end decides. ``version.pack`` is loaded. One query.
    """
    finished = (ProofState.PASSED, ProofState.FAILED)
    last = (
        select(Proof.pack_version_id, Proof.language, Proof.state)
        .where(Proof.state.in_(finished))
        .ext(distinct_on(Proof.pack_version_id, Proof.language))
        .order_by(Proof.pack_version_id, Proof.language, Proof.finished_at.desc().nulls_last(), Proof.id.desc())
        .subquery()
    )
    query = (
        select(PackVersion, last.c.language)
        .join(PackVersion.pack)
        .join(last, last.c.pack_version_id == PackVersion.id)
        .options(contains_eager(PackVersion.pack))
        .where(
            last.c.state == ProofState.PASSED,
            or_(Pack.organisation_id.is_(None), Pack.organisation_id == organisation_id),
        )
        .order_by(Pack.title, Pack.id, PackVersion.id.desc())
    )
    proven: dict[PackVersion, set[str]] = {}
    for version, language in session.execute(query):
        proven.setdefault(version, set()).add(language)
    return _newest_and(proven, set(also))


def _newest_and(proven: dict[PackVersion, set[str]], also: set[uuid.UUID]) -> dict[uuid.UUID, PackOffer]:
    offers: dict[uuid.UUID, PackOffer] = {}
    seen: set[int] = set()
    for version, languages in proven.items():
        newest = version.pack_id not in seen and version.pack.retired_at is None
        seen.add(version.pack_id)
        if newest or version.uuid in also:
            declared = [name for name in version.manifest["languages"] if name in languages]
            offers[version.uuid] = PackOffer(version, tuple(declared))
    return offers


def as_rule_values(offers: dict[uuid.UUID, PackOffer]) -> dict[uuid.UUID, Offered]:
    """The offers as ``validate_body`` reads them."""
    return {key: Offered(offer.version.pack.title, offer.languages) for key, offer in offers.items()}
