"""Turns cookies into people: signed-in staff by tokens, candidates by the device token of their attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict

from core.accounts.actions.sessions import OpenSession, refresh_session
from core.accounts.actor import Actor, Origin
from core.accounts.queries import SignedIn, find_signed_in
from core.accounts.tokens import Access, new_access_token, read_access_token
from core.assessments.access import Candidate, find_candidate
from core.base.errors import N_, NotAllowed, ProofroomError
from core.wiring import Wiring

ACCESS_COOKIE = "access"
REFRESH_COOKIE = "refresh"
ORGANISATION_COOKIE = "organisation"


class SignInNeeded(ProofroomError):
    """Nobody is signed in here, or no longer."""

    code = "sign_in_needed"
    text = N_("Please sign in to go on.")


class DeviceNeeded(ProofroomError):
    """This browser has not been let in to the attempt (decision 20)."""

    code = "device_needed"
    text = N_("This browser has not been let in to this attempt. Use your resume code or a mailed code.")


def device_cookie(attempt_uuid: uuid.UUID) -> str:
    """The name of the cookie that lets a browser work on one attempt."""
    return f"attempt_{attempt_uuid.hex}"


def find_person(wiring: Wiring, now: dt.datetime, origin: Origin) -> SignedIn | None:
    """Who the cookies belong to. Rotates the refresh token when the access token is over."""
    access = _fresh_access(wiring, now) or _refreshed(wiring, now, origin)
    if access is None:
        return None
    with wiring.database.reading() as session:
        return find_signed_in(session, access.session_id, now)


def _fresh_access(wiring: Wiring, now: dt.datetime) -> Access | None:
    token = request.cookies.get(ACCESS_COOKIE, "")
    return read_access_token(wiring.settings.secret_key, token, now) if token else None


def _refreshed(wiring: Wiring, now: dt.datetime, origin: Origin) -> Access | None:
    # In a unit of work of its own: the browser keeps the new token even when the view then fails.
    held = read_refresh_cookie(request.cookies)
    if held is None:
        return None
    with wiring.database.unit_of_work() as session:
        opened = refresh_session(session, held[0], held[1], wiring.settings.secret_key, now, origin)
    if opened is None:
        forget()
        return None
    remember(opened, wiring.settings.secret_key, now)
    return Access(opened.session_id, opened.person_id)


def read_refresh_cookie(cookies: ImmutableMultiDict[str, str]) -> tuple[uuid.UUID, str] | None:
    """Session id and refresh token of the cookie, or None when there is none or it is damaged."""
    session_id, _, token = cookies.get(REFRESH_COOKIE, "").partition(".")
    try:
        return (uuid.UUID(session_id), token[:100]) if token else None
    except ValueError:
        return None


def remember(opened: OpenSession, secret_key: str, now: dt.datetime) -> None:
    """Give this answer the cookies of a session."""
    access = new_access_token(secret_key, Access(opened.session_id, opened.person_id), now)
    g.session_cookies = {
        ACCESS_COOKIE: access,
        REFRESH_COOKIE: f"{opened.session_id}.{opened.refresh_token}",
    }


def forget() -> None:
    """Take the session's cookies away with this answer."""
    g.session_cookies = {ACCESS_COOKIE: None, REFRESH_COOKIE: None}


def actor_of(person: SignedIn | None, origin: Origin) -> Actor:
    """The member that acts, in the organisation that the cookie names or the first one."""
    if person is None:
        raise SignInNeeded
    member = person.member_of(chosen_organisation())
    if member is None:
        raise NotAllowed(
            N_("You do not belong to any organisation here. Ask a colleague to invite you."),
            code="no_membership",
        )
    return person.actor_in(member, origin)


def chosen_organisation() -> uuid.UUID | None:
    """The organisation of the side bar, as this browser last chose it."""
    try:
        return uuid.UUID(request.cookies.get(ORGANISATION_COOKIE, ""))
    except ValueError:
        return None


def candidate_of(session: Session, arguments: Mapping[str, Any], origin: Origin) -> Candidate:
    """The candidate whose device token this browser holds for the URL's attempt."""
    attempt_uuid: uuid.UUID = arguments["attempt_uuid"]
    token = request.cookies.get(device_cookie(attempt_uuid), "")
    found = find_candidate(session, attempt_uuid, token, origin) if token else None
    if found is None:
        raise DeviceNeeded
    return found
