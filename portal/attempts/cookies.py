"""The cookie that lets a browser work on one attempt, and the resume code that is shown once."""

from __future__ import annotations

import uuid

from flask import session as form_session
from werkzeug.wrappers import Response

from server.identity import device_cookie
from server.request import settings
from server.security import is_https

DEVICE_SECONDS = 30 * 86_400
RESUME = "resume_codes"
STARTING = "starting"  # what the start gave this browser, in case its answer was lost (portal/invitations)


def let_browser_in(response: Response, attempt_uuid: uuid.UUID, token: str) -> None:
    """Give this browser the device token of an attempt."""
    response.set_cookie(
        device_cookie(attempt_uuid),
        token,
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=is_https(settings()),
    )


def show_resume_code_once(attempt_uuid: uuid.UUID, code: str) -> None:
    """Keep the code for this browser until the person says that it is written down."""
    form_session[RESUME] = {str(attempt_uuid): code}


def resume_code_to_show(attempt_uuid: uuid.UUID) -> str:
    """The code that this browser has still to show, or ""."""
    codes = form_session.get(RESUME)
    return str(codes.get(str(attempt_uuid), "")) if isinstance(codes, dict) else ""


def resume_code_noted(attempt_uuid: uuid.UUID) -> None:
    """The person has the code: forget it."""
    form_session.pop(RESUME, None)
    form_session.pop(STARTING, None)
