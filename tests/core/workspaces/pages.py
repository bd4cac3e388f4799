"""Pages as tests play them: a document that edits, joins and sends what the server lacks."""

from __future__ import annotations

import itertools
import uuid

from pycrdt import Doc, Map, Text

from core.workspaces.actions import apply_update, join
from tests.factories import NOW


class Page:
    """One open page of a workspace. ``outbox`` holds updates that were made but not sent yet."""

    def __init__(self, client_id=None):
        self.doc = Doc(client_id=client_id) if client_id else Doc()
        self.tree = self.doc.get("tree", type=Map)
        self.outbox = []
        self.names = (f"{uuid.uuid4()}" for _ in itertools.count())
        self._subscription = self.doc.observe(lambda event: self.outbox.append(event.update))

    def hear(self, update):
        """Take over what others did."""
        kept = list(self.outbox)
        self.doc.apply_update(update)
        self.outbox[:] = kept

    def join(self, session, workspace_id):
        """What a page does on every connection: read, then owe what the server lacks."""
        joined = join(session, workspace_id, self.doc.get_state())
        self.hear(joined.update)
        self.outbox[:] = [self.doc.get_update(joined.state_vector)]
        return joined

    def send(self, session, workspace_id, now=NOW):
        """Send everything of the outbox, oldest first."""
        results = []
        while self.outbox:
            results.append(
                apply_update(session, workspace_id, next(self.names), "device", self.outbox.pop(0), now)
            )
        return results

    def body(self, path):
        file_id = next(key for key, value in self.tree.to_py().items() if value["path"] == path)
        return self.doc.get(f"body:{file_id}", type=Text)

    def add(self, path, text="", file_id=None, **changes):
        file_id = file_id or uuid.uuid4().hex[:16]
        entry = {"path": path, "kind": "text", "blob": "", "size": 0, "readonly": False, **changes}
        with self.doc.transaction():
            self.tree[file_id] = Map(entry)
            if text:
                self.doc.get(f"body:{file_id}", type=Text).insert(0, text)
        return file_id

    def text(self, path):
        return str(self.body(path))
