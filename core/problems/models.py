"""The bank: packs and their immutable versions. Files are blobs by hash; a version is a list of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.base.clock import utc_now
from core.base.db import Addressed, Base


class ImportState(StrEnum):
    """What became of an uploaded zip."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Pack(Base, Addressed):
    """A task by its slug. ``organisation_id`` is null for the packs that are shipped with Proofroom."""

    __tablename__ = "packs"
    __table_args__ = (
        Index(
            "uq_packs_own_slug",
            "organisation_id",
            "slug",
            unique=True,
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
        Index("uq_packs_shipped_slug", "slug", unique=True, postgresql_where=text("organisation_id IS NULL")),
    )

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    retired_at: Mapped[dt.datetime | None]

    versions: Mapped[list[PackVersion]] = relationship(back_populates="pack", order_by="PackVersion.id")


class PackVersion(Base, Addressed):
    """One immutable content of a pack: ``files`` maps path → {"sha256", "size"}; ``manifest`` is the parsed task.yaml."""

    __tablename__ = "pack_versions"
    __table_args__ = (UniqueConstraint("pack_id", "content_hash"),)

    pack_id: Mapped[int] = mapped_column(ForeignKey("packs.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(String(40))
    content_hash: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[dict[str, Any]]
    files: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    pack: Mapped[Pack] = relationship(back_populates="versions")


class PackImport(Base, Addressed):
    """An uploaded zip on its way to becoming a pack version; problems name file and line."""

    __tablename__ = "pack_imports"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    file_name: Mapped[str] = mapped_column(Text)
    file_key: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default=ImportState.WAITING)
    problems: Mapped[list[Any]] = mapped_column(default=list)
    pack_version_id: Mapped[int | None] = mapped_column(ForeignKey("pack_versions.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[dt.datetime | None]
