"""Puts the live events on the sockets."""

from __future__ import annotations

from flask_socketio import SocketIO

from portal.live.documents import Documents
from portal.live.recorder import Recorder
from portal.live.reports import Reports
from portal.live.rooms import register_rooms
from portal.live.seats import Seats
from server.sockets import door_of


def mount(sockets: SocketIO) -> None:
    """Register every event of a working page, and who may hear which room."""
    door = door_of(sockets)
    seats = Seats()
    Documents(seats, Recorder(door)).register(sockets)
    Reports(seats).register(sockets)
    register_rooms(sockets)
