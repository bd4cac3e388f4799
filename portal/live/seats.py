"""A seat is one page at one workspace: found once, then kept for the hot events, with the end of the work in view."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from core.assessments.access import Candidate
from core.assessments.actions.attempts import settle
from core.assessments.queries.attempts import clock_of
from core.assessments.queries.seats import WorkspaceOwner, get_workspace_owner
from core.assessments.rules.clock import hard_end
from core.base.errors import NotFound
from portal.live.budget import Budget
from server.identity import DeviceNeeded
from server.sockets import Call, Client

TRUST_SECONDS = 5  # how long a known end of the work is believed before it is looked up again


@dataclass
class Seat:
    """Where a page works. ``marks`` are the awareness clocks it sent, to take its caret away when it leaves."""

    workspace_uuid: uuid.UUID
    owner: WorkspaceOwner
    candidate: Candidate
    budget: Budget
    ends_at: dt.datetime | None = None
    checked_at: dt.datetime | None = None
    marks: dict[int, int] = field(default_factory=dict)

    @property
    def room(self) -> str:
        """Who hears the document."""
        return f"workspace:{self.workspace_uuid}"

    def be_on_time(self, call: Call) -> None:
        """End the attempt when its time is up, whatever the timetable does; costs nothing within TRUST_SECONDS."""
        fresh = self.checked_at is not None and (call.now - self.checked_at).total_seconds() < TRUST_SECONDS
        if fresh and self.ends_at is not None and call.now < self.ends_at:
            return
        attempt = settle(call.session, self.candidate, call.now)
        self.ends_at, self.checked_at = hard_end(clock_of(call.session, attempt)), call.now


class Seats:
    """All seats of this process, by socket."""

    def __init__(self) -> None:
        self._of: dict[str, dict[uuid.UUID, Seat]] = {}
        self._budgets: dict[str, Budget] = {}

    def find(self, call: Call, workspace: object) -> Seat | None:
        """The seat this page has taken already."""
        return self._of.get(call.sid, {}).get(_address(workspace))

    def take(self, call: Call, workspace: object) -> Seat:
        """The seat, after access was checked. Raises NotFound for what is absent, foreign or not a workspace's id."""
        found = self.find(call, workspace)
        if found is not None:
            return found
        address = _address(workspace)
        owner = get_workspace_owner(call.session, address)
        try:
            candidate = call.candidate(owner.attempt_uuid)
        except DeviceNeeded:
            raise NotFound from None
        seat = Seat(address, owner, candidate, self._budgets.setdefault(call.sid, Budget()))
        self._of.setdefault(call.sid, {})[address] = seat
        return seat

    def leave(self, client: Client) -> list[Seat]:
        """Forget a page that went away; returns the seats it held."""
        self._budgets.pop(client.sid, None)
        return list(self._of.pop(client.sid, {}).values())


def _address(workspace: object) -> uuid.UUID:
    try:
        return uuid.UUID(workspace) if isinstance(workspace, str) else _nothing()
    except ValueError:
        raise NotFound from None


def _nothing() -> uuid.UUID:
    raise NotFound
