"""Shared documents: join (room first, read second), update (persist, then ack, then tell others), carets.

Nothing is queued: a page that got no ack joins again, and the two state vectors work out what is missing on either side.
"""

from __future__ import annotations

from typing import Any

from flask_socketio import SocketIO

from core.base.db import after_commit
from core.base.errors import N_, Invalid
from core.workspaces.actions import apply_update, join
from core.workspaces.errors import UpdateGap
from core.workspaces.rules.reader import Malformed
from core.workspaces.rules.updates import MAX_UPDATE
from evidence.header import batch_is_valid
from portal.live.awareness import MAX_AWARENESS, MAX_CLIENTS, read_marks, removal
from portal.live.recorder import Recorder
from portal.live.seats import Seat, Seats
from server.sockets import Call, Client, door_of, on, on_leave

MAX_STATE = 64 * 1024
ENVELOPE = 512  # names and ids around the bytes


class Documents:
    """The handlers of ``doc.*``."""

    def __init__(self, seats: Seats, recorder: Recorder) -> None:
        self.seats = seats
        self.recorder = recorder

    def register(self, sockets: SocketIO) -> None:
        """Put the handlers on the sockets."""
        self.server = door_of(sockets).server
        on(sockets, "doc.join", max_bytes=MAX_STATE + ENVELOPE)(self.join)
        on(sockets, "doc.update", max_bytes=MAX_UPDATE + ENVELOPE)(self.update)
        on(sockets, "doc.awareness", max_bytes=MAX_AWARENESS + ENVELOPE)(self.awareness)
        on_leave(sockets, self.leave)

    def join(self, call: Call, workspace: object = None, state: object = None) -> dict[str, Any]:
        """``(workspace, stateVector)`` → ``{update, stateVector, version}``; also lets the page hear its attempt."""
        seat = self.seats.take(call, workspace)
        held = _bytes("stateVector", state)
        seat.budget.spend(call.now, len(held))
        seat.be_on_time(call)
        call.enter(f"attempt:{seat.owner.attempt_uuid}")
        call.enter(seat.room)
        joined = join(call.session, seat.owner.workspace_id, held)
        call.tell(seat.room, "doc.awareness_asked", str(seat.workspace_uuid))
        return {
            "ok": True,
            "update": joined.update,
            "stateVector": joined.state_vector,
            "version": joined.version,
        }

    def update(
        self, call: Call, workspace: object = None, update: object = None, batch: object = None
    ) -> dict[str, Any]:
        """``(workspace, update, batch)`` → ``{at}`` once it is stored. A gap makes the page join again."""
        seat = self.seats.take(call, workspace)
        content = _bytes("update", update)
        seat.budget.spend(call.now, len(content))
        if not isinstance(batch, str) or not batch_is_valid(batch):
            raise Invalid.one("batch", N_("A batch id has 1 to 64 letters, digits, and _ . : or -."))
        seat.be_on_time(call)
        changed = self._store(call, seat, batch, content)
        if changed:
            call.tell(seat.room, "doc.updated", str(seat.workspace_uuid), content)
            after_commit(call.session, lambda: self.recorder.soon(seat.owner.workspace_id, seat.owner.log_id))
        return {"ok": True, "at": call.now.isoformat()}

    def _store(self, call: Call, seat: Seat, batch: str, content: bytes) -> bool:
        author = f"device:{seat.candidate.device_id}"
        try:
            return apply_update(
                call.session, seat.owner.workspace_id, batch, author, content, call.now
            ).changed
        except UpdateGap:
            seat.budget.refuse(call.now)
            self.server.emit("doc.reset", {"workspace": str(seat.workspace_uuid)}, to=call.sid)
            raise
        except Invalid:
            seat.budget.refuse(call.now)
            raise

    def awareness(self, call: Call, workspace: object = None, update: object = None) -> None:
        """``(workspace, update)``, without an ack: told to the other pages, and remembered until this one leaves."""
        seat = self.seats.find(call, workspace)
        if seat is None:
            return
        content = _bytes("update", update)
        seat.budget.spend(call.now, len(content))
        try:
            marks = {**seat.marks, **read_marks(content)}
        except Malformed as error:
            seat.budget.refuse(call.now)
            raise Invalid.one("update", N_("These bytes are damaged.")) from error
        if len(marks) <= MAX_CLIENTS:
            seat.marks = marks
        call.tell(seat.room, "doc.awareness_changed", str(seat.workspace_uuid), content)

    def leave(self, client: Client) -> None:
        """Take a page's carets away from the others."""
        for seat in self.seats.leave(client):
            if seat.marks:
                self.server.emit(
                    "doc.awareness_changed",
                    (str(seat.workspace_uuid), removal(seat.marks)),
                    room=seat.room,
                    skip_sid=client.sid,
                )


def _bytes(name: str, value: object) -> bytes:
    if not isinstance(value, (bytes, bytearray)):
        raise Invalid.one(name, N_("Bytes are expected here."))
    return bytes(value)
