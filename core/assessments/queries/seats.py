"""Whose work a workspace is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptTask
from core.base.errors import NotFound
from core.workspaces.models import Workspace


@dataclass(frozen=True)
class WorkspaceOwner:
    """The attempt that a workspace belongs to, and the log that records it."""

    workspace_id: int
    attempt_uuid: uuid.UUID
    log_id: uuid.UUID


def get_workspace_owner(session: Session, workspace_uuid: uuid.UUID) -> WorkspaceOwner:
    """Raises NotFound, also for a workspace that belongs to no attempt."""
    query = (
        select(Workspace.id, Attempt.uuid, Attempt.log_id)
        .join(AttemptTask, AttemptTask.workspace_id == Workspace.id)
        .join(Attempt, Attempt.id == AttemptTask.attempt_id)
        .where(Workspace.uuid == workspace_uuid)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return WorkspaceOwner(*row)
