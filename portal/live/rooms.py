"""Who may hear which room of hints (``room.watch``). Hints carry no content, yet strangers learn nothing from them either."""

from __future__ import annotations

import uuid

from flask_socketio import SocketIO

from core.accounts.models import Role
from core.assessments.access import READERS, access_assessment, access_attempt
from core.base.errors import NotFound
from core.problems.queries.packs import get_pack
from server.sockets import Call, allow_room


def register_rooms(sockets: SocketIO) -> None:
    """Pages of the team by role and organisation; a candidate's pages hear their own attempt."""
    allow_room(sockets, "attempt", _attempt)
    allow_room(sockets, "assessment", _assessment)
    allow_room(sockets, "pack", _pack)
    allow_room(sockets, "org", _organisation)


def _attempt(call: Call, attempt_uuid: uuid.UUID) -> None:
    if attempt_uuid.hex in call.client.handshake.devices:
        call.candidate(attempt_uuid)
    else:
        access_attempt(call.session, call.actor(), attempt_uuid)


def _assessment(call: Call, assessment_uuid: uuid.UUID) -> None:
    access_assessment(call.session, call.actor(), assessment_uuid)


def _pack(call: Call, pack_uuid: uuid.UUID) -> None:
    actor = call.actor()
    actor.need(*READERS, Role.ADMIN)
    get_pack(call.session, actor.organisation_id, pack_uuid)


def _organisation(call: Call, organisation_uuid: uuid.UUID) -> None:
    # Membership of this very organisation, not of the one chosen in the side bar.
    if organisation_uuid not in {member.organisation_uuid for member in call.person().memberships}:
        raise NotFound
