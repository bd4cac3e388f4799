"""Which rooms pages of the team may watch (server.sockets.allow_room)."""

from __future__ import annotations

import uuid

from flask_socketio import SocketIO

from core.assessments.access import access_assessment
from core.problems.queries.packs import get_pack
from server.sockets import Call, allow_room


def watch_pack(call: Call, pack_uuid: uuid.UUID) -> None:
    """A shipped pack or one of the organisation's own: how its proofs go on."""
    get_pack(call.session, call.actor().organisation_id, pack_uuid)


def watch_assessment(call: Call, assessment_uuid: uuid.UUID) -> None:
    """An assessment of the organisation: who starts, submits, is graded."""
    access_assessment(call.session, call.actor(), assessment_uuid)


def install(sockets: SocketIO) -> None:
    """Open the rooms of this door."""
    allow_room(sockets, "pack", watch_pack)
    allow_room(sockets, "assessment", watch_assessment)
