"""One shared document in memory: a pycrdt document with the checks that every update of a page must pass."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pycrdt import Doc, Map, Text

from core.workspaces.errors import UpdateGap, UpdateRefused, WorkspaceFull
from core.workspaces.rules.reader import Malformed
from core.workspaces.rules.tree import BadTree, Entry, check_change, read_tree, readonly_of
from core.workspaces.rules.updates import BODY, TREE, Parsed, arrived, builds_on, parse_state, parse_update

MAX_DOCUMENT = 8 * 1024 * 1024
OwnBlobs = Callable[[], Mapping[str, int]]  # hash → size; asked only when the tree changed


class Marks:
    """What changed during one update. Callbacks hold this instead of the Document: through the Rust side a cycle
    would never be collected."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def set(self, name: str) -> None:
        """Called by the observers."""
        self.names.add(name)


class Document:
    """A document and what it must keep. After ``apply`` raised, ``spoiled`` may be true: then build it anew."""

    def __init__(self) -> None:
        self.doc: Any = Doc(allow_multithreading=True)
        self.files: Any = self.doc.get(TREE, type=Map)
        self.entries: dict[str, Entry] = {}
        self.estimate = 0  # never below the true size
        self.spoiled = False
        self._marks = marks = Marks()
        self._subscriptions = [
            self.doc.observe(lambda _event: marks.set("changed")),
            self.files.observe_deep(lambda _events: marks.set("tree")),
        ]
        self._watched: set[str] = set()

    def load(self, content: bytes) -> None:
        """Apply what is stored already (trusted), or what the server itself made."""
        self.doc.apply_update(content)
        self.estimate += len(content)
        if "tree" in self._marks.names:
            self.entries = read_tree(self.files.to_py() or {})
            self._watch()
        self._marks.names.clear()

    def apply(self, content: bytes, own_blobs: OwnBlobs) -> bool:
        """Apply a page's update; False when it brought nothing new. Raises UpdateRefused, UpdateGap, WorkspaceFull."""
        try:
            parsed = parse_update(content)
        except Malformed as error:
            raise UpdateRefused(code="malformed_update") from error
        if not builds_on(parsed, self.clocks()):
            raise UpdateGap
        self._check_room(len(content))
        self._marks.names.clear()
        self.spoiled = True
        self._decode(content)
        self._check_outcome(parsed, own_blobs)
        self.spoiled = False
        changed = "changed" in self._marks.names
        self.estimate += len(content) if changed else 0
        return changed

    def clocks(self) -> dict[int, int]:
        """What the document holds of each client."""
        return parse_state(self.doc.get_state())

    def state(self) -> bytes:
        """The state vector."""
        return bytes(self.doc.get_state())

    def whole(self) -> bytes:
        """The whole document as one update."""
        return bytes(self.doc.get_update())

    def missing(self, state: bytes) -> bytes:
        """What somebody with that state vector lacks. Raises UpdateRefused for a damaged one."""
        try:
            parse_state(state)
            return bytes(self.doc.get_update(state))
        except (Malformed, ValueError) as error:
            raise UpdateRefused(code="malformed_state") from error

    def body(self, file_id: str) -> str:
        """The text of one file."""
        return str(self.doc.get(BODY + file_id, type=Text))

    def with_files(
        self, files: Mapping[str, bytes | str], blobs: Mapping[str, str], readonly: Collection[str]
    ) -> bytes:
        """An update (not applied here) that adds files: texts by path, and bytes with their hash in ``blobs``."""
        copy: Any = Doc(allow_multithreading=True)
        copy.apply_update(self.whole())
        before, tree = copy.get_state(), copy.get(TREE, type=Map)
        with copy.transaction():
            for path, content in files.items():
                file_id = secrets.token_hex(8)
                is_text = isinstance(content, str)
                tree[file_id] = Map(
                    {
                        "path": path,
                        "kind": "text" if is_text else "binary",
                        "blob": "" if is_text else blobs[path],
                        "size": 0 if is_text else len(content),
                        "readonly": path in readonly,
                    }
                )
                if is_text and content:
                    copy.get(BODY + file_id, type=Text).insert(0, content)
        return bytes(copy.get_update(before))

    def _watch(self) -> None:
        marks = self._marks
        for file_id in readonly_of(self.entries):
            if file_id not in self._watched:
                self._watched.add(file_id)
                body = self.doc.get(BODY + file_id, type=Text)
                self._subscriptions.append(body.observe(lambda _event: marks.set("readonly")))

    def _check_room(self, more: int) -> None:
        if self.estimate + more > MAX_DOCUMENT:
            self.estimate = len(self.whole())
        if self.estimate + more > MAX_DOCUMENT:
            raise WorkspaceFull

    def _decode(self, content: bytes) -> None:
        try:
            self.doc.apply_update(content)
        except ValueError as error:
            raise UpdateRefused(code="malformed_update") from error
        except BaseException as error:
            # A panic of the Rust library is no Exception; everything else (a kill, a time-out) must go on.
            if type(error).__name__ != "PanicException":
                raise
            raise UpdateRefused(code="malformed_update") from error

    def _check_outcome(self, parsed: Parsed, own_blobs: OwnBlobs) -> None:
        if not arrived(parsed, self.clocks()):
            raise UpdateGap
        if "readonly" in self._marks.names:
            raise UpdateRefused(code="readonly_file")
        if "tree" not in self._marks.names:
            return
        try:
            after = read_tree(self.files.to_py() or {})
            check_change(self.entries, after, own_blobs())
        except BadTree as error:
            raise UpdateRefused(text=error.text, code=error.code) from error
        self.entries = after
        self._watch()
