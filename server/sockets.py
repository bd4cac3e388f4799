"""Socket.IO for the doors: who is connected, one unit of work an event, problems as answers, limits.

    @on(sockets, "doc.join", max_bytes=20_000)
    def join(call: Call, room: str, state: bytes) -> dict[str, Any]:
        attempt = access_own_attempt(call.session, call.candidate(uuid.UUID(room)))
        call.enter(f"workspace:{room}")
        return {"update": …}

What a handler returns is the acknowledgement; a ProofroomError becomes ``{"problem": {…}}``. The unit of work is
committed before the acknowledgement leaves, so "saved" is true when it is said. Handlers are registered on the
python-socketio server itself: a Flask context an event would double the cost of the hot ones.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import socketio
from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy.orm import Session

from core.accounts.actor import Actor, Origin
from core.accounts.queries import SignedIn
from core.assessments.access import Candidate, find_candidate
from core.base.clock import utc_now
from core.base.db import after_commit
from core.base.errors import N_, Invalid, NotAllowed, NotFound, ProofroomError, TooMany
from core.base.limits import SOCKET_EVENTS_PER_CLIENT
from core.base.log import get_log, log_context
from core.runs.actions import SANDBOX_ROOM
from core.wiring import Wiring, sockets_key
from server.handshake import Handshake, read_handshake
from server.identity import DeviceNeeded, SignInNeeded
from server.problems import problem_of
from server.text import unstorable

log = get_log(__name__)
MAX_MESSAGE = 1_500_000
MAX_EVENT = 65_536
KEY_SECONDS = 2 * 86_400
Ack = dict[str, Any] | None
Handler = Callable[..., Ack]
RoomCheck = Callable[["Call", uuid.UUID], None]


@dataclass
class Client:
    """One connected page. ``hits`` are the times of its latest events; ``candidates`` those already let in."""

    sid: str
    handshake: Handshake
    candidates: dict[uuid.UUID, Candidate] = field(default_factory=dict)
    hits: deque[float] = field(default_factory=deque)
    keys: set[str] = field(default_factory=set)

    def count(self, now: dt.datetime) -> None:
        """Count one event; raises TooMany above SOCKET_EVENTS_PER_CLIENT."""
        moment = now.timestamp()
        while self.hits and self.hits[0] <= moment - SOCKET_EVENTS_PER_CLIENT.seconds:
            self.hits.popleft()
        if len(self.hits) >= SOCKET_EVENTS_PER_CLIENT.count:
            raise TooMany(int(self.hits[0] + SOCKET_EVENTS_PER_CLIENT.seconds - moment) + 1)
        self.hits.append(moment)


class SocketDoor:
    """The python-socketio server with its clients, room checks and what happens when a page leaves."""

    def __init__(self, server: socketio.Server, wiring: Wiring, app: Flask) -> None:
        self.server = server
        self.wiring = wiring
        self.app = app
        self.clients: dict[str, Client] = {}
        self.room_checks: dict[str, RoomCheck] = {}
        self.leavers: list[Callable[[Client], None]] = []

    def keep(self, client: Client, key: str) -> None:
        """Remember under which revocable key this socket was opened (core.base.realtime.close_sockets)."""
        if key in client.keys:
            return
        client.keys.add(key)
        self.wiring.redis.sadd(sockets_key(key), client.sid)
        self.wiring.redis.expire(sockets_key(key), KEY_SECONDS)


@dataclass(frozen=True)
class Call:
    """One event of one page: its unit of work, the time, and who is calling."""

    door: SocketDoor
    client: Client
    session: Session
    now: dt.datetime

    @property
    def sid(self) -> str:
        """The socket's id."""
        return self.client.sid

    @property
    def origin(self) -> Origin:
        """Where the socket was opened from, for audit rows."""
        return self.client.handshake.origin

    def person(self) -> SignedIn:
        """The signed-in person. Raises SignInNeeded."""
        if self.client.handshake.person is None:
            raise SignInNeeded
        return self.client.handshake.person

    def actor(self) -> Actor:
        """The member of staff, in the organisation chosen when the page was opened. Raises SignInNeeded, NotAllowed."""
        person = self.person()
        member = person.member_of(self.client.handshake.organisation)
        if member is None:
            raise NotAllowed
        return person.actor_in(member, self.origin)

    def candidate(self, attempt_uuid: uuid.UUID) -> Candidate:
        """The candidate whose browser this is, for one attempt. Raises DeviceNeeded."""
        known = self.client.candidates.get(attempt_uuid)
        if known is not None:
            return known
        token = self.client.handshake.devices.get(attempt_uuid.hex, "")
        found = find_candidate(self.session, attempt_uuid, token, self.origin) if token else None
        if found is None:
            raise DeviceNeeded
        self.door.keep(self.client, f"device:{found.device_id}")
        self.client.candidates[attempt_uuid] = found
        return found

    def enter(self, room: str) -> None:
        """Hear what is told to a room; at once, so that nothing told while reading is missed."""
        self.door.server.enter_room(self.sid, room)

    def leave(self, room: str) -> None:
        """Stop hearing a room."""
        self.door.server.leave_room(self.sid, room)

    def tell(self, room: str, event: str, *data: Any) -> None:
        """After the commit, send an event to everybody else in a room."""
        server, sid = self.door.server, self.sid
        payload: Any = data if len(data) != 1 else data[0]
        after_commit(self.session, lambda: server.emit(event, payload, room=room, skip_sid=sid))


def make_sockets(app: Flask, wiring: Wiring, **options: Any) -> SocketIO:
    """Socket.IO on the application: websocket only, one event of a client at a time and in order.

    ``options`` go to Flask-SocketIO: async_mode and client_manager in wsgi.py, threading in tests.
    """
    sockets = SocketIO(
        app,
        transports=["websocket"],
        async_handlers=False,
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE,
        cors_allowed_origins=None,
        **options,
    )
    door = SocketDoor(sockets.server, wiring, app)
    sockets.server.proofroom_door = door
    sockets.server.on("connect", lambda sid, environ, auth=None: _connected(door, sid, environ))
    sockets.server.on("disconnect", lambda sid, *_reason: _disconnected(door, sid))
    on(sockets, "room.watch")(_watch)
    on(sockets, "room.leave")(_leave)
    return sockets


def door_of(sockets: SocketIO) -> SocketDoor:
    """The door of a SocketIO object made by make_sockets."""
    return cast(SocketDoor, sockets.server.proofroom_door)


def on(sockets: SocketIO, event: str, *, max_bytes: int = MAX_EVENT) -> Callable[[Handler], Handler]:
    """Register a handler ``(call, *data) -> acknowledgement`` for an event named noun.verb."""
    door = door_of(sockets)

    def register(handler: Handler) -> Handler:
        door.server.on(event, lambda sid, *data: _handle(door, sid, event, handler, max_bytes, data))
        return handler

    return register


def on_leave(sockets: SocketIO, call: Callable[[Client], None]) -> None:
    """Run ``call`` when a page disconnects, for presence; nothing that must happen may depend on it."""
    door_of(sockets).leavers.append(call)


def allow_room(sockets: SocketIO, kind: str, check: RoomCheck) -> None:
    """Let pages watch rooms ``<kind>:<uuid>`` when ``check(call, uuid)`` does not raise."""
    door_of(sockets).room_checks[kind] = check


def _connected(door: SocketDoor, sid: str, environ: dict[str, Any]) -> None:
    handshake = read_handshake(door.wiring, environ, utc_now())
    if handshake is None:
        raise socketio.exceptions.ConnectionRefusedError("sign_in_needed")
    client = Client(sid, handshake)
    door.clients[sid] = client
    door.server.enter_room(sid, SANDBOX_ROOM)  # what can be run concerns everybody and says nothing of anybody
    if handshake.person is None:
        return
    door.keep(client, f"session:{handshake.person.session_id}")
    member = handshake.person.member_of(handshake.organisation)
    if member is not None:
        door.server.enter_room(sid, f"org:{member.organisation_uuid}")


def _disconnected(door: SocketDoor, sid: str) -> None:
    client = door.clients.pop(sid, None)
    if client is None:
        return
    for call in door.leavers:
        call(client)
    for key in client.keys:
        door.wiring.redis.srem(sockets_key(key), sid)


def _handle(
    door: SocketDoor, sid: str, event: str, handler: Handler, max_bytes: int, data: tuple[Any, ...]
) -> Ack:
    client = door.clients.get(sid)
    if client is None:
        return None
    try:
        now = utc_now()
        client.count(now)
        if size_of(data) > max_bytes or unstorable(data):
            raise Invalid(text=N_("This message is too large or holds characters that cannot be stored."))
        with log_context(socket=sid, event_name=event), door.wiring.database.unit_of_work() as session:
            return handler(Call(door, client, session, now), *data)
    except Exception as error:
        return {"problem": _problem(door, error, event)}


def _problem(door: SocketDoor, error: Exception, event: str) -> dict[str, Any]:
    problem = problem_of(error)
    if not isinstance(error, ProofroomError) and problem.status != 503:
        if door.app.testing:
            raise error
        log.error("event.failed", event_name=event, exc_info=error)
    return problem.as_json()


def size_of(value: Any) -> int:
    """Bytes of a decoded message, roughly: its strings and binary parts, and eight for everything else."""
    if isinstance(value, (bytes, bytearray)):
        return len(value)
    if isinstance(value, str):
        return len(value.encode(errors="replace"))
    if isinstance(value, dict):
        return 8 + sum(size_of(key) + size_of(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return 8 + sum(size_of(item) for item in value)
    return 8


def _watch(call: Call, room: object = "") -> Ack:
    kind, _, raw = str(room).partition(":")
    check = call.door.room_checks.get(kind)
    try:
        address = uuid.UUID(raw)
    except ValueError:
        raise NotFound from None
    if check is None:
        raise NotFound
    check(call, address)
    call.enter(f"{kind}:{address}")
    return {}


def _leave(call: Call, room: object = "") -> Ack:
    call.leave(str(room)[:80])
    return {}
