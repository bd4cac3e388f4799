"""Rows of a workspace: locking it, reading its log, and the documents that this process keeps in memory.

A cached document is touched only by who holds the workspace's row lock, so it needs no lock of its own. What a unit of
work applied but may yet roll back is remembered as pending; whoever comes next finds its rows or builds the document anew.
"""

from __future__ import annotations

import threading
import uuid
import weakref
from collections import OrderedDict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.base.errors import NotFound
from core.workspaces.documents import Document
from core.workspaces.models import Workspace, WorkspaceBlob, WorkspaceSnapshot, WorkspaceUpdate

MAX_CACHED = 300
WRITTEN = "workspaces_written"  # session.info key: ids of workspaces with rows of this unit of work


@dataclass
class Cached:
    """A document with the newest row known to be committed, and rows applied by a unit of work still open."""

    document: Document
    confirmed_id: int = 0
    tail: int = 0  # updates since the snapshot
    pending: list[int] = field(default_factory=list)
    writer: weakref.ref[Session] | None = None

    def newest_id(self) -> int:
        return self.pending[-1] if self.pending else self.confirmed_id

    def is_writer(self, session: Session) -> bool:
        return self.writer is not None and self.writer() is session


_cache: OrderedDict[uuid.UUID, Cached] = OrderedDict()
_cache_lock = threading.Lock()


def lock_workspace(session: Session, workspace_id: int) -> Workspace:
    """The row, locked to the end of the unit of work. Raises NotFound."""
    session.flush()
    wanted = select(Workspace).where(Workspace.id == workspace_id).with_for_update()
    workspace = session.scalar(wanted.execution_options(populate_existing=True))
    if workspace is None:
        raise NotFound
    return workspace


def open_document(session: Session, workspace: Workspace) -> Cached:
    """The up-to-date document of a workspace whose row this unit of work has locked."""
    with _cache_lock:
        cached = _cache.pop(workspace.uuid, None)
    if cached is not None and _refresh(session, workspace.id, cached):
        _keep(workspace, cached)
        return cached
    cached = _load(session, workspace.id)
    # Rows of this very unit of work may still be rolled back; a document built from them serves once.
    if workspace.id not in session.info.get(WRITTEN, ()):
        _keep(workspace, cached)
    return cached


def _keep(workspace: Workspace, cached: Cached) -> None:
    with _cache_lock:
        _cache[workspace.uuid] = cached
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)


def forget_document(workspace: Workspace) -> None:
    """Drop the cached document; the next reader builds it from the rows."""
    with _cache_lock:
        _cache.pop(workspace.uuid, None)


def add_update(session: Session, workspace: Workspace, update: WorkspaceUpdate, cached: Cached | None) -> int:
    """Store a row and return its id; ``cached`` is the document that has applied it already."""
    session.add(update)
    workspace.size += len(update.content)
    session.flush()
    session.info.setdefault(WRITTEN, set()).add(workspace.id)
    if cached is not None:
        cached.pending.append(update.id)
        cached.writer = weakref.ref(session)
        cached.tail += 1
    return update.id


def stored_updates(
    session: Session, workspace_id: int, after_id: int, up_to_id: int | None = None, late: bool = True
) -> list[tuple[int, bytes]]:
    """Ids and contents in order."""
    wanted = select(WorkspaceUpdate.id, WorkspaceUpdate.content).where(
        WorkspaceUpdate.workspace_id == workspace_id, WorkspaceUpdate.id > after_id
    )
    if up_to_id is not None:
        wanted = wanted.where(WorkspaceUpdate.id <= up_to_id)
    if not late:
        wanted = wanted.where(WorkspaceUpdate.late.is_(False))
    rows = session.execute(wanted.order_by(WorkspaceUpdate.id))
    return [(row.id, row.content) for row in rows]


def read_document(
    session: Session, workspace_id: int, up_to_id: int | None = None, late: bool = False
) -> Document:
    """A fresh document from snapshot and tail, without lock or cache; for readers of files."""
    document = Document()
    snapshot = session.get(WorkspaceSnapshot, workspace_id)
    after = 0
    if snapshot is not None and (up_to_id is None or snapshot.up_to_id <= up_to_id):
        document.load(snapshot.content)
        after = snapshot.up_to_id
    for _, content in stored_updates(session, workspace_id, after, up_to_id, late):
        document.load(content)
    return document


def own_blobs(session: Session, workspace_id: int) -> dict[str, int]:
    """Hash → size of the binary files that this workspace may hold."""
    wanted = select(WorkspaceBlob.sha256, WorkspaceBlob.size).where(
        WorkspaceBlob.workspace_id == workspace_id
    )
    return {row.sha256: row.size for row in session.execute(wanted)}


def _refresh(session: Session, workspace_id: int, cached: Cached) -> bool:
    """Bring a cached document up to the log; False when it holds what was rolled back."""
    rows = stored_updates(session, workspace_id, cached.confirmed_id)
    if not set(cached.pending) <= {row_id for row_id, _ in rows}:
        return False
    for row_id, content in rows:
        if row_id not in cached.pending:
            cached.document.load(content)
            cached.tail += 1
    if not cached.is_writer(session):
        cached.confirmed_id = rows[-1][0] if rows else cached.confirmed_id
        cached.pending.clear()
    return True


def _load(session: Session, workspace_id: int) -> Cached:
    document = Document()
    cached = Cached(document)
    snapshot = session.get(WorkspaceSnapshot, workspace_id, populate_existing=True)
    if snapshot is not None:
        document.load(snapshot.content)
        cached.confirmed_id = snapshot.up_to_id
    for row_id, content in stored_updates(session, workspace_id, cached.confirmed_id):
        document.load(content)
        cached.confirmed_id, cached.tail = row_id, cached.tail + 1
    return cached
