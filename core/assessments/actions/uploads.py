"""A file that a candidate brings along: text for the document, anything else kept by its hash; the record names it."""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import unicodedata
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.assessments.access import Candidate
from core.assessments.actions.attempts import open_for_work
from core.base.errors import NotFound
from core.ledger.actions import append_events
from core.ledger.rules import NewEvent
from core.workspaces.actions import add_binary_file
from core.workspaces.models import Workspace
from core.workspaces.rules.paths import text_of
from evidence.kinds import Kind

MAX_NAME = 64


@dataclass(frozen=True)
class TakenFile:
    """What became of an upload: its ``text`` with LF line ends, or the hash of a binary file."""

    text: str | None
    sha256: str | None


def take_upload(
    session: Session, candidate: Candidate, position: int, name: str, content: bytes, now: dt.datetime
) -> TakenFile:
    """Take one file for one part. Raises Gone (time is up), NotFound (no such part), Invalid (too large, too many)."""
    attempt = open_for_work(session, candidate, now)
    task = next((task for task in attempt.tasks if task.position == position), None)
    if task is None or task.workspace_id is None:
        raise NotFound
    text = text_of(content.removeprefix(codecs.BOM_UTF8))
    if text is None:
        add_binary_file(session, task.workspace_id, content, now)
    digest = hashlib.sha256(content).hexdigest()
    workspace = session.get_one(Workspace, task.workspace_id)
    payload = {"workspace": str(workspace.uuid), "file": plain(name), "size": len(content), "sha256": digest}
    append_events(session, attempt.log_id, [NewEvent(Kind.UPLOADED, payload)], now)
    return TakenFile(text, None if text is not None else digest)


def plain(name: str) -> str:
    """A file name fit for the record: its last part, visible characters only, bounded; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    return seen[:MAX_NAME] or "file"
