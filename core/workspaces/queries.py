"""Reading workspaces. Access is checked by the feature that owns the attempt or room."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.base.blobs import get_blob, get_blobs
from core.base.errors import NotFound
from core.workspaces.documents import Document
from core.workspaces.models import Workspace, WorkspaceBlob, WorkspaceUpdate
from core.workspaces.rules.tree import placed
from core.workspaces.store import read_document

MAX_HISTORY = 1000


@dataclass(frozen=True)
class WorkspaceFile:
    """One file as readers see it: where it stands, its id in the document, and its bytes."""

    path: str
    file_id: str
    kind: str
    readonly: bool
    content: bytes


@dataclass(frozen=True)
class HistoryEntry:
    """One stored update: who made it, when, how large it is, whether it came after the end."""

    id: int
    author: str
    at: dt.datetime
    size: int
    late: bool


def get_workspace(session: Session, workspace_id: int) -> Workspace:
    """The row. Raises NotFound."""
    workspace = session.get(Workspace, workspace_id)
    if workspace is None:
        raise NotFound
    return workspace


def get_workspace_by_uuid(session: Session, workspace_uuid: uuid.UUID) -> Workspace:
    """The row. Raises NotFound."""
    workspace = session.scalar(select(Workspace).where(Workspace.uuid == workspace_uuid))
    if workspace is None:
        raise NotFound
    return workspace


def files_of(
    session: Session, workspace_id: int, up_to: int | None = None, *, late: bool = False
) -> dict[str, bytes]:
    """Path → content, now or as of update ``up_to``; with ``late`` also what came after the end."""
    return {file.path: file.content for file in list_files(session, workspace_id, up_to, late=late)}


def list_files(
    session: Session, workspace_id: int, up_to: int | None = None, *, late: bool = False
) -> list[WorkspaceFile]:
    """The files in the order of their paths. Raises NotFound when a blob is gone."""
    document = read_document(session, workspace_id, up_to, late)
    places = placed(document.entries)
    blobs = {entry.blob for entry in document.entries.values() if entry.kind == "binary"}
    contents = get_blobs(session, blobs) if blobs else {}
    return [_file(document, path, file_id, contents) for path, file_id in places.items()]


def _file(document: Document, path: str, file_id: str, contents: dict[str, bytes]) -> WorkspaceFile:
    entry = document.entries[file_id]
    content = contents[entry.blob] if entry.kind == "binary" else document.body(file_id).encode()
    return WorkspaceFile(path, file_id, entry.kind, entry.readonly, content)


def history_of(
    session: Session, workspace_id: int, after_id: int = 0, limit: int = MAX_HISTORY
) -> list[HistoryEntry]:
    """Stored updates in order; ask ``files_of`` with an id for the files at that moment."""
    wanted = (
        select(
            WorkspaceUpdate.id,
            WorkspaceUpdate.author,
            WorkspaceUpdate.created_at,
            func.length(WorkspaceUpdate.content),
            WorkspaceUpdate.late,
        )
        .where(WorkspaceUpdate.workspace_id == workspace_id, WorkspaceUpdate.id > after_id)
        .order_by(WorkspaceUpdate.id)
        .limit(min(limit, MAX_HISTORY))
    )
    return [HistoryEntry(*row) for row in session.execute(wanted)]


def update_contents(
    session: Session, workspace_id: int, after_id: int = 0, limit: int = 200
) -> Sequence[bytes]:
    """The bytes of stored updates in order, for replay and for checking the hash of an ``edited`` event."""
    wanted = select(WorkspaceUpdate.content).where(
        WorkspaceUpdate.workspace_id == workspace_id, WorkspaceUpdate.id > after_id
    )
    return session.scalars(wanted.order_by(WorkspaceUpdate.id).limit(min(limit, MAX_HISTORY))).all()


def newest_update(session: Session, workspace_id: int) -> int:
    """The id of the newest stored update, 0 when there is none."""
    wanted = select(func.max(WorkspaceUpdate.id)).where(WorkspaceUpdate.workspace_id == workspace_id)
    return session.scalar(wanted) or 0


def read_blob(session: Session, workspace_id: int, sha256: str) -> bytes:
    """A binary file of this workspace. Raises NotFound, also for a hash that belongs elsewhere."""
    own = session.get(WorkspaceBlob, (workspace_id, sha256))
    if own is None:
        raise NotFound
    return get_blob(session, sha256)
