"""Pack versions: one, and the newest of each pack that an organisation may use."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager

from core.base.errors import NotFound
from core.problems.models import Pack, PackVersion

MAX_LISTED = 200


def list_packs(session: Session, organisation_id: int) -> Sequence[PackVersion]:
    """The newest version of each pack in use, own ones first, then by title; ``version.pack`` is loaded. One query."""
    newest = select(func.max(PackVersion.id)).group_by(PackVersion.pack_id)
    query = (
        select(PackVersion)
        .join(PackVersion.pack)
        .options(contains_eager(PackVersion.pack))
        .where(
            PackVersion.id.in_(newest),
            Pack.retired_at.is_(None),
            or_(Pack.organisation_id.is_(None), Pack.organisation_id == organisation_id),
        )
        .order_by(Pack.organisation_id.nulls_last(), Pack.title, Pack.id)
        .limit(MAX_LISTED)
    )
    return session.scalars(query).all()


def get_pack(session: Session, organisation_id: int, pack_uuid: uuid.UUID) -> Pack:
    """A shipped pack or one of the organisation's own. Raises NotFound."""
    query = select(Pack).where(
        Pack.uuid == pack_uuid,
        or_(Pack.organisation_id.is_(None), Pack.organisation_id == organisation_id),
    )
    pack = session.scalar(query)
    if pack is None:
        raise NotFound
    return pack


def newest_version(session: Session, pack: Pack) -> PackVersion:
    """The version that new assessments use. Raises NotFound for a pack without any."""
    query = select(PackVersion).where(PackVersion.pack_id == pack.id).order_by(PackVersion.id.desc()).limit(1)
    version = session.scalar(query)
    if version is None:
        raise NotFound
    return version


def versions_of(session: Session, pack: Pack) -> Sequence[PackVersion]:
    """All versions of a pack, newest first."""
    query = select(PackVersion).where(PackVersion.pack_id == pack.id).order_by(PackVersion.id.desc())
    return session.scalars(query.limit(MAX_LISTED)).all()


def versions_by_uuid(
    session: Session, organisation_id: int, uuids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, PackVersion]:
    """The versions among ``uuids`` that the organisation may use, with their packs, in one query."""
    query = (
        select(PackVersion)
        .join(PackVersion.pack)
        .options(contains_eager(PackVersion.pack))
        .where(
            PackVersion.uuid.in_(set(uuids)),
            or_(Pack.organisation_id.is_(None), Pack.organisation_id == organisation_id),
        )
    )
    return {version.uuid: version for version in session.scalars(query)}
