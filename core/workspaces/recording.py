"""Evidence of edits: one event names all updates that no event has named yet."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Session

from core.ledger.actions import append_events
from core.ledger.queries import get_log
from core.ledger.rules import NewEvent
from core.workspaces.actions import SERVER
from core.workspaces.models import Workspace, WorkspaceUpdate
from core.workspaces.rules.hashes import edits_hash_of
from core.workspaces.store import lock_workspace
from evidence.kinds import Kind
from evidence.manifest import parse_manifest


def record_edits(session: Session, workspace_id: int, log_id: uuid.UUID, now: dt.datetime) -> int | None:
    """Append one ``edited`` event for the updates since the last one; its number, or None when there was nothing.

    Called after a quiet moment, at each run and at the end. What is covered is a column of the same commit as the
    event, so a process that dies in between leaves the updates for the next call. Raises NotFound, LogSealed.
    """
    workspace = lock_workspace(session, workspace_id)
    payload = _uncovered(session, workspace)
    if payload is None or not parse_manifest(get_log(session, log_id).manifest).declares(Kind.EDITED):
        return None
    workspace.recorded_up_to_id = payload["last_update"]
    return append_events(session, log_id, [NewEvent(Kind.EDITED, payload)], now).last_seq


def _uncovered(session: Session, workspace: Workspace) -> dict[str, Any] | None:
    """The payload for all updates of people (starter files are the server's) after the last covered one."""
    digest = func.sha256(WorkspaceUpdate.content, type_=LargeBinary)
    rows = session.execute(
        select(WorkspaceUpdate.id, func.length(WorkspaceUpdate.content).label("size"), digest.label("digest"))
        .where(
            WorkspaceUpdate.workspace_id == workspace.id,
            WorkspaceUpdate.id > workspace.recorded_up_to_id,
            WorkspaceUpdate.author != SERVER,
        )
        .order_by(WorkspaceUpdate.id)
    ).all()
    if not rows:
        return None
    return {
        "workspace": str(workspace.uuid),
        "first_update": rows[0].id,
        "last_update": rows[-1].id,
        "count": len(rows),
        "size": sum(row.size for row in rows),
        "hash": edits_hash_of(bytes(row.digest) for row in rows),
    }
