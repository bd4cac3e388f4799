"""What the page itself reports: pastes, absences, opened files. The manifest decides; everything else is refused and counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_socketio import SocketIO

from core.base.errors import N_, Invalid
from core.ledger.actions import append_events
from core.ledger.rules import MAX_BATCH, NewEvent
from evidence.header import Source, batch_is_valid
from portal.live.seats import Seats
from server.sockets import Call, on

MAX_REPORT = 128 * 1024
MAX_KIND = 40
LATEST_CLAIM_MS = 253_402_300_799_000  # the end of the year 9999


class Reports:
    """The handler of ``evidence.reported``."""

    def __init__(self, seats: Seats) -> None:
        self.seats = seats

    def register(self, sockets: SocketIO) -> None:
        """Put the handler on the sockets."""
        on(sockets, "evidence.reported", max_bytes=MAX_REPORT)(self.report)

    def report(self, call: Call, batch: object = None) -> dict[str, Any]:
        """``{batch, workspace, events: [{kind, claimed_at, payload}]}`` → ``{accepted, refused}``; taken once a batch id."""
        if not isinstance(batch, dict):
            raise Invalid(text=N_("A report is an object with batch, workspace and events."))
        seat = self.seats.take(call, batch.get("workspace"))
        seat.budget.spend(call.now, 0)
        events, name = batch.get("events"), batch.get("batch")
        if not isinstance(events, list) or len(events) > MAX_BATCH:
            raise Invalid.one("events", N_("At most %(most)s events fit into one message."), most=MAX_BATCH)
        if not isinstance(name, str) or not batch_is_valid(name):
            raise Invalid.one("batch", N_("A batch id has 1 to 64 letters, digits, and _ . : or -."))
        seat.be_on_time(call)
        reported = [read_event(event) for event in events]
        result = append_events(call.session, seat.owner.log_id, reported, call.now, name)
        if result.refused:
            seat.budget.refuse(call.now)
        return {
            "ok": True,
            "accepted": result.last_seq - result.first_seq + 1,
            "refused": len(result.refused),
        }


def read_event(raw: object) -> NewEvent:
    """An event as the page sent it; what has no such shape keeps its kind and is refused as malformed."""
    if not isinstance(raw, dict):
        return NewEvent("", None, Source.BROWSER)
    kind, claimed = raw.get("kind"), raw.get("claimed_at")
    if not isinstance(kind, str) or len(kind) > MAX_KIND:
        return NewEvent("", None, Source.BROWSER)
    if (
        type(claimed) is not int
        or not 0 <= claimed <= LATEST_CLAIM_MS
        or set(raw) - {"kind", "claimed_at", "payload"}
    ):
        return NewEvent(kind, None, Source.BROWSER)
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=claimed)
    return NewEvent(kind, raw.get("payload"), Source.BROWSER, moment)
