"""Reads who opens a socket from the same cookies as a page; a socket cannot set cookies, so nothing rotates here."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.wrappers import Request

from core.accounts.actor import Origin
from core.accounts.queries import SignedIn, find_session_by_refresh, find_signed_in
from core.accounts.tokens import read_access_token
from core.base.ids import uuid7
from core.wiring import Wiring
from server.identity import ACCESS_COOKIE, ORGANISATION_COOKIE, read_refresh_cookie

DEVICE_COOKIE = re.compile(r"attempt_([0-9a-f]{32})")
MAX_DEVICES = 50


@dataclass(frozen=True)
class Handshake:
    """What a page showed when it connected. ``devices`` maps attempt uuid (hex) to a device token."""

    origin: Origin
    person: SignedIn | None
    organisation: uuid.UUID | None
    devices: dict[str, str]


def read_handshake(wiring: Wiring, environ: dict[str, Any], now: dt.datetime) -> Handshake | None:
    """Who connects, or None for somebody with neither a session nor an attempt."""
    request = Request(environ)
    found = [(DEVICE_COOKIE.fullmatch(name), value) for name, value in request.cookies.items()]
    devices = {match[1]: value for match, value in found[:MAX_DEVICES] if match}
    with wiring.database.reading() as session:
        person = _person(session, wiring, request, now)
    if person is None and not devices:
        return None
    origin = Origin(address=request.remote_addr or "", request_id=uuid7().hex)
    return Handshake(origin, person, _organisation(request), devices)


def _person(session: Session, wiring: Wiring, request: Request, now: dt.datetime) -> SignedIn | None:
    access = read_access_token(wiring.settings.secret_key, request.cookies.get(ACCESS_COOKIE, ""), now)
    if access is not None:
        return find_signed_in(session, access.session_id, now)
    held = read_refresh_cookie(request.cookies)
    session_id = find_session_by_refresh(session, held[0], held[1], now) if held else None
    return find_signed_in(session, session_id, now) if session_id else None


def _organisation(request: Request) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.cookies.get(ORGANISATION_COOKIE, ""))
    except ValueError:
        return None
