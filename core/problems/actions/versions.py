"""How a pack that was read becomes an immutable version in the bank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.base.blobs import MAX_BLOB, put_blob
from core.base.queue import Job, enqueue
from core.problems.models import Pack as PackRow
from core.problems.models import PackVersion
from core.problems.rules.pack import Pack
from core.problems.rules.problem import Problem
from core.problems.rules.summary import summary_of


@dataclass(frozen=True, slots=True)
class Kept:
    """A version in the bank; ``new`` is false when exactly this content stood there before."""

    version: PackVersion
    new: bool


def storing_problems(files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Files that the bank cannot hold, although the format allows them."""
    limit = MAX_BLOB // 1024
    message = f"is larger than {limit} KiB, the most that one file may have; split it or make it smaller"
    return tuple(Problem(path, 0, message) for path, data in sorted(files.items()) if len(data) > MAX_BLOB)


def clashing_version(session: Session, organisation_id: int | None, pack: Pack) -> bool:
    """Whether the bank holds this pack's version number with other content."""
    query = (
        select(PackVersion.id)
        .join(PackRow)
        .where(
            PackRow.slug == pack.slug,
            PackRow.organisation_id.is_not_distinct_from(organisation_id),
            PackVersion.version == pack.version,
            PackVersion.content_hash != pack.digest,
        )
    )
    return session.scalar(query.limit(1)) is not None


def keep_version(
    session: Session,
    organisation_id: int | None,
    pack: Pack,
    files: Mapping[str, bytes],
    now: dt.datetime,
    created_by: int | None = None,
) -> Kept:
    """Store a pack's content once and ask for its proof. ``files`` is what ``pack`` was read from."""
    row = _pack_row(session, organisation_id, pack, now)
    query = select(PackVersion).where(
        PackVersion.pack_id == row.id, PackVersion.content_hash == pack.digest
    )
    known = session.scalar(query)
    if known is not None:
        return Kept(known, new=False)
    version = PackVersion(
        pack=row,
        version=pack.version,
        content_hash=pack.digest,
        manifest=summary_of(pack),
        files={path: {"sha256": put_blob(session, data), "size": len(data)} for path, data in files.items()},
        created_at=now,
        created_by=created_by,
    )
    session.add(version)
    row.title = pack.title
    session.flush()
    enqueue(session, Job.START_PROOF, version.id)
    return Kept(version, new=True)


def _pack_row(session: Session, organisation_id: int | None, pack: Pack, now: dt.datetime) -> PackRow:
    query = select(PackRow).where(
        PackRow.slug == pack.slug, PackRow.organisation_id.is_not_distinct_from(organisation_id)
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        row = PackRow(organisation_id=organisation_id, slug=pack.slug, title=pack.title, created_at=now)
        session.add(row)
        session.flush()
    row.retired_at = None
    return row
