"""A candidate's page as tests play it: a document on a wire, with the rules of the browser's provider."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from typing import Any

from pycrdt import Doc, Map, Text

from tests.live.wire import Lost, Wire

UNDO_WAIT = 0.05


class LivePage:
    """One tab. Everything that was acknowledged is in ``acknowledged``; what was not is found again by joining."""

    def __init__(self, workspace: str, cookies: dict[str, str]) -> None:
        self.workspace, self.cookies = workspace, cookies
        self.doc: Any = Doc(allow_multithreading=True)
        self.tree: Any = self.doc.get("tree", type=Map)
        self.wire: Wire | None = None
        self.lock = threading.RLock()
        self.heard: list[tuple[Any, ...]] = []
        self.resets = 0

    def connect(self, url: str) -> None:
        """Open the wire and join; sends what the server lacks."""
        self.wire = Wire(url, self.cookies)
        self.wire.on("doc.updated", self._updated)
        self.wire.on("doc.awareness_changed", lambda *data: self.heard.append(("awareness", *data)))
        self.wire.on("doc.awareness_asked", lambda *data: self.heard.append(("asked", *data)))
        self.wire.on("attempt.changed", lambda *data: self.heard.append(("attempt", *data)))
        self.wire.on("doc.reset", self._reset)
        self.join()

    def _updated(self, workspace: str, update: bytes) -> None:
        assert workspace == self.workspace
        with self.lock:
            self.doc.apply_update(update)

    def _reset(self, hint: dict[str, str]) -> None:
        assert hint == {"workspace": self.workspace}
        self.resets += 1

    def join(self) -> dict[str, Any]:
        ack = self.wire.call("doc.join", self.workspace, self.doc.get_state())
        assert ack["ok"], ack
        with self.lock:
            self.doc.apply_update(ack["update"])
            owed = self.doc.get_update(ack["stateVector"])
        if len(owed) > 2:
            assert self.send(owed)["ok"]
        return ack

    def send(self, update: bytes, batch: str | None = None) -> dict[str, Any]:
        return self.wire.call("doc.update", self.workspace, update, batch or str(uuid.uuid4()))

    def body(self, path: str) -> Any:
        file_id = next(key for key, value in self.tree.to_py().items() if value["path"] == path)
        return self.doc.get(f"body:{file_id}", type=Text)

    def text(self, path: str) -> str:
        with self.lock:
            return str(self.body(path))

    def type(self, path: str, text: str) -> dict[str, Any]:
        """Insert at the start, send, and return the ack. Raises Lost."""
        with self.lock:
            before = self.doc.get_state()
            self.body(path).insert(0, text)
            update = self.doc.get_update(before)
        return self.send(update)

    def reconnect(self, url: str, within: float = 20.0) -> None:
        """What a browser does after a drop: try until it is back, then join."""
        until = time.monotonic() + within
        while True:
            try:
                self.connect(url)
                return
            except (Lost, OSError, AssertionError, StopIteration):
                if time.monotonic() > until:
                    raise
                time.sleep(UNDO_WAIT)

    def close(self) -> None:
        if self.wire is not None:
            with contextlib.suppress(Lost):
                self.wire.close()


def until(check: Any, within: float = 8.0) -> None:
    """Wait until ``check()`` is true; the last outcome is asserted."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if check():
            return
        time.sleep(0.02)
    assert check()
