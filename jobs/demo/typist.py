"""A candidate's page without a browser: a Yjs document that joins, edits, and sends what the server lacks."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from pycrdt import Doc, Map, Text
from sqlalchemy.orm import Session

from core.workspaces.actions import apply_update, join
from jobs.demo.edits import Edit


class Typist:
    """One page at one workspace. Updates go through the action that the socket calls."""

    def __init__(self, session: Session, workspace_id: int, device_id: int) -> None:
        self.session, self.workspace_id, self.author = session, workspace_id, f"device:{device_id}"
        self.doc: Any = Doc()
        self.tree: Any = self.doc.get("tree", type=Map)
        self.doc.apply_update(join(session, workspace_id, bytes(self.doc.get_state())).update)

    def file_id(self, path: str) -> str:
        """The document's id of a file. Raises StopIteration."""
        tree = self.tree.to_py() or {}
        return str(next(key for key, entry in tree.items() if entry["path"] == path))

    def edit(self, edit: Edit, now: dt.datetime) -> None:
        """Make one edit and have it stored. Raises what the server refuses."""
        before = self.doc.get_state()
        with self.doc.transaction():
            if edit.creates:
                entry = {"path": edit.path, "kind": "text", "blob": "", "size": 0, "readonly": False}
                self.tree[secrets.token_hex(8)] = Map(entry)
        with self.doc.transaction():
            self._change(self.doc.get(f"body:{self.file_id(edit.path)}", type=Text), edit)
        update = bytes(self.doc.get_update(before))
        apply_update(self.session, self.workspace_id, str(uuid.uuid4()), self.author, update, now)

    def _change(self, body: Any, edit: Edit) -> None:
        text = str(body)
        # The document counts bytes of UTF-8.
        start = len(text[: edit.at].encode())
        end = start + len(text[edit.at : edit.at + edit.remove].encode())
        if end > start:
            del body[start:end]
        if edit.text:
            body.insert(start, edit.text)
