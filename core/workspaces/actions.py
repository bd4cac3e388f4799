"""Every change of a workspace. Its row is locked first (after the attempt's, before the log's), so changes stand in line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.base.blobs import put_blob
from core.base.errors import N_, Invalid
from core.base.realtime import hint
from core.workspaces.documents import MAX_DOCUMENT
from core.workspaces.errors import WorkspaceFrozen, WorkspaceFull
from core.workspaces.models import Workspace, WorkspaceBlob, WorkspaceSnapshot, WorkspaceUpdate
from core.workspaces.rules.paths import path_problem, text_of
from core.workspaces.rules.tree import MAX_FILES
from core.workspaces.store import (
    Cached,
    add_update,
    forget_document,
    lock_workspace,
    open_document,
    own_blobs,
)

SERVER = "server"
SNAPSHOT_EVERY = 200
MAX_LOG = 64 * 1024 * 1024  # bytes of all updates of a workspace: hours of the busiest editing stay far below
MAX_UPLOADS = 20 * 1024 * 1024


@dataclass(frozen=True)
class Joined:
    """What a page lacks, what the server holds (both as Yjs bytes), and the id of the newest stored update."""

    update: bytes
    state_vector: bytes
    version: int


@dataclass(frozen=True)
class Stored:
    """``update_id`` is the newest stored update; ``changed`` is false when the content was known already."""

    update_id: int
    changed: bool
    late: bool


@dataclass(frozen=True)
class StoredFile:
    """An upload that the tree may name: its hash and size in bytes."""

    blob: str
    size: int


def create_workspace(
    session: Session,
    organisation_id: int | None,
    files: Mapping[str, bytes],
    readonly: Collection[str],
    now: dt.datetime,
) -> Workspace:
    """A workspace with its starter files, seeded once by the server. Raises Invalid for a bad path or size."""
    workspace = Workspace(organisation_id=organisation_id, created_at=now, size=0, recorded_up_to_id=0)
    session.add(workspace)
    session.flush()
    if files:
        add_files(session, workspace.id, files, readonly, now, "seed")
    return workspace


def add_files(
    session: Session,
    workspace_id: int,
    files: Mapping[str, bytes],
    readonly: Collection[str],
    now: dt.datetime,
    batch: str,
) -> bool:
    """Let the server add files, once a ``batch``; False when that was done before. Paths already taken stay as they are.

    UTF-8 files become shared texts with LF line endings, others blobs. Raises NotFound, WorkspaceFrozen, Invalid.
    """
    workspace = lock_workspace(session, workspace_id)
    if _is_stored(session, workspace_id, batch):
        return False
    if workspace.frozen_at is not None:
        raise WorkspaceFrozen
    cached = open_document(session, workspace)
    taken = {entry.path for entry in cached.document.entries.values()}
    wanted = {path: content for path, content in files.items() if path not in taken}
    _check_files(wanted, len(taken))
    texts = {path: text_of(content) for path, content in wanted.items()}
    blobs = {
        path: _own_blob(session, workspace_id, content, now)
        for path, content in wanted.items()
        if texts[path] is None
    }
    contents = {
        path: texts[path] or (content if texts[path] is None else "") for path, content in wanted.items()
    }
    update = cached.document.with_files(contents, blobs, readonly)
    cached.document.load(update)
    _store(session, workspace, cached, batch, SERVER, update, now)
    workspace.seeded_at = workspace.seeded_at or now
    hint(session, f"workspace:{workspace.uuid}", "doc.reset", workspace=str(workspace.uuid))
    return True


def _check_files(files: Mapping[str, bytes], present: int) -> None:
    for path in files:
        problem = path_problem(path)
        if problem is not None:
            raise Invalid.one(path[:200], problem)
    if present + len(files) > MAX_FILES:
        raise Invalid.one("files", N_("A workspace holds at most %(most)s files."), most=MAX_FILES)
    if sum(len(content) for content in files.values()) > MAX_DOCUMENT:
        raise WorkspaceFull


def join(session: Session, workspace_id: int, state_vector: bytes) -> Joined:
    """What a page with this state vector lacks. Enter the room before calling. Raises NotFound, UpdateRefused."""
    workspace = lock_workspace(session, workspace_id)
    cached = open_document(session, workspace)
    document = cached.document
    return Joined(document.missing(state_vector), document.state(), cached.newest_id())


def apply_update(
    session: Session, workspace_id: int, batch: str, author: str, content: bytes, now: dt.datetime
) -> Stored:
    """Check and store a page's update; ``batch`` is the page's id of the message, taken once.

    Raises NotFound, WorkspaceFrozen, UpdateRefused, UpdateGap (the page must join again), WorkspaceFull. Commit before
    the ack, ack before the broadcast.
    """
    workspace = lock_workspace(session, workspace_id)
    cached = open_document(session, workspace)
    late = workspace.frozen_at is not None
    if _is_stored(session, workspace_id, batch):
        return Stored(cached.newest_id(), False, late)
    if late and (workspace.late_until_at is None or now >= workspace.late_until_at):
        raise WorkspaceFrozen
    if workspace.size + len(content) > MAX_LOG:
        raise WorkspaceFull
    try:
        changed = cached.document.apply(content, lambda: own_blobs(session, workspace_id))
    finally:
        if cached.document.spoiled:
            forget_document(workspace)
    if changed:
        _store(session, workspace, cached, batch, author, content, now)
    return Stored(cached.newest_id(), changed, late)


def _is_stored(session: Session, workspace_id: int, batch: str) -> bool:
    wanted = select(WorkspaceUpdate.id).where(
        WorkspaceUpdate.workspace_id == workspace_id, WorkspaceUpdate.batch == batch
    )
    return session.scalar(wanted) is not None


def _store(
    session: Session,
    workspace: Workspace,
    cached: Cached,
    batch: str,
    author: str,
    content: bytes,
    now: dt.datetime,
) -> None:
    update = WorkspaceUpdate(
        workspace_id=workspace.id,
        batch=batch,
        author=author,
        content=content,
        created_at=now,
        late=workspace.frozen_at is not None,
    )
    add_update(session, workspace, update, cached)
    if cached.tail >= SNAPSHOT_EVERY and not update.late:
        _take_snapshot(session, workspace, cached, now)


def _take_snapshot(session: Session, workspace: Workspace, cached: Cached, now: dt.datetime) -> None:
    """Write the document beside its rows; the rows stay, they are the history."""
    content = cached.document.whole()
    values = {"up_to_id": cached.newest_id(), "content": content, "created_at": now}
    row = insert(WorkspaceSnapshot).values(workspace_id=workspace.id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["workspace_id"], set_=values))
    cached.document.estimate, cached.tail = len(content), 0


def freeze_workspace(
    session: Session, workspace_id: int, now: dt.datetime, late_until_at: dt.datetime | None = None
) -> int:
    """End the work: the files are now those of the update whose id is returned. Freezing twice changes nothing.

    Until ``late_until_at`` updates that were on their way are still stored, marked late. Raises NotFound.
    """
    workspace = lock_workspace(session, workspace_id)
    if workspace.frozen_at is None:
        workspace.frozen_at, workspace.late_until_at = now, late_until_at
        session.flush()
    newest = select(func.max(WorkspaceUpdate.id)).where(
        WorkspaceUpdate.workspace_id == workspace_id, WorkspaceUpdate.late.is_(False)
    )
    return session.scalar(newest) or 0


def add_binary_file(session: Session, workspace_id: int, content: bytes, now: dt.datetime) -> StoredFile:
    """Store an upload that the page will then name in the tree. Raises NotFound, WorkspaceFrozen, Invalid."""
    workspace = lock_workspace(session, workspace_id)
    if workspace.frozen_at is not None:
        raise WorkspaceFrozen
    held = own_blobs(session, workspace_id)
    if sum(held.values()) + len(content) > MAX_UPLOADS:
        raise Invalid.one("file", N_("All uploaded files together may have at most 20 MB."))
    return StoredFile(_own_blob(session, workspace_id, content, now), len(content))


def _own_blob(session: Session, workspace_id: int, content: bytes, now: dt.datetime) -> str:
    key = put_blob(session, content)
    row = {"workspace_id": workspace_id, "sha256": key, "size": len(content), "created_at": now}
    session.execute(insert(WorkspaceBlob).values(row).on_conflict_do_nothing())
    return key
