"""Shared documents: the stored log of CRDT updates is the truth and the edit history (decision 5)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.base.clock import utc_now
from core.base.db import Addressed, Base, Keyed


class Workspace(Base, Addressed):
    """The files of one task of an attempt, or of a room.

    A frozen one takes no more updates, except until ``late_until_at``, kept apart as late. ``size`` counts the bytes of
    all updates; ``recorded_up_to_id`` is the newest update that an evidence event names.
    """

    __tablename__ = "workspaces"

    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    seeded_at: Mapped[dt.datetime | None]
    frozen_at: Mapped[dt.datetime | None]
    late_until_at: Mapped[dt.datetime | None]
    recorded_up_to_id: Mapped[int] = mapped_column(BigInteger, default=0)
    size: Mapped[int] = mapped_column(default=0)


class WorkspaceUpdate(Base, Keyed):
    """One accepted update. ``batch`` is the client's id of the message, so a resend is taken once.

    ``late`` ones came after the freeze: they belong to the history, not to the frozen files.
    """

    __tablename__ = "workspace_updates"
    __table_args__ = (
        UniqueConstraint("workspace_id", "batch"),
        Index("ix_workspace_updates_workspace_id_id", "workspace_id", "id"),
    )

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    batch: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(80))
    late: Mapped[bool] = mapped_column(default=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class WorkspaceSnapshot(Base):
    """The whole document up to and including one update: joining reads this and the tail."""

    __tablename__ = "workspace_snapshots"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    up_to_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


class WorkspaceBlob(Base):
    """A binary file that was uploaded to (or came with) a workspace: its tree may name no other."""

    __tablename__ = "workspace_blobs"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"), primary_key=True)
    size: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
