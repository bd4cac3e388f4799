"""The one table from errors to what callers see: problem+json, a page, or a socket's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from core.base.errors import (
    N_,
    Conflict,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    ProofroomError,
    TooMany,
    Unavailable,
)
from server.i18n import gettext
from server.identity import DeviceNeeded, SignInNeeded

STATUS: dict[type[ProofroomError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Conflict: 409,
    Gone: 410,
    TooMany: 429,
    Unavailable: 503,
    SignInNeeded: 401,
    DeviceNeeded: 401,
}

TITLES: dict[int, str] = {
    400: N_("This request could not be read"),
    401: N_("Please sign in"),
    403: N_("This is not open to you"),
    404: N_("There is nothing at this address"),
    405: N_("This address does not take that"),
    409: N_("Somebody was faster"),
    410: N_("This is over"),
    413: N_("That is too large"),
    415: N_("This kind of content is not taken here"),
    422: N_("Some things need another look"),
    429: N_("A short pause, please"),
    500: N_("Something broke on our side"),
    503: N_("We are busy right now"),
}

HTTP_TEXTS: dict[int, str] = {
    400: N_("Something in the request was damaged or missing. Go back, reload the page and try again."),
    404: N_("The address may be mistyped, or what was here is gone, or it is not yours to see."),
    405: N_("Go back and use the buttons of the page."),
    413: N_("What you sent is larger than this page takes. Send less, or a smaller file."),
    415: N_("Send the kind of content that this address expects."),
}

BROKEN = N_(
    "The fault has been written down under the number below. What you had saved is safe; try again in a moment."
)
BUSY = N_("Too many people ask at the same moment. Nothing you typed is lost; try again in a few seconds.")
CSRF = N_(
    "This page was open for too long or in a browser without cookies. Reload it and send again; what you typed is kept."
)


@dataclass(frozen=True)
class Problem:
    """RFC 9457: ``code`` is stable, ``title`` and ``detail`` are translated, ``fields`` maps names to messages."""

    status: int
    code: str
    title: str
    detail: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    retry_after_seconds: int | None = None

    def as_json(self, request_id: str = "") -> dict[str, Any]:
        """The problem+json object."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "status": self.status,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
        }
        if self.fields:
            body["fields"] = self.fields
        if self.retry_after_seconds is not None:
            body["retry_after_seconds"] = self.retry_after_seconds
        if request_id:
            body["request_id"] = request_id
        return body


def problem_of(error: Exception) -> Problem:
    """What to answer to ``error`` in the reader's language; anything unknown is a 500 without details."""
    if isinstance(error, ProofroomError):
        return _expected(error)
    if isinstance(error, CSRFError):
        return _problem(400, "csrf", gettext(CSRF))
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, PoolTimeout):
        return _problem(503, "busy", gettext(BUSY), retry_after_seconds=2)
    if isinstance(error, (OperationalError, RedisError)):
        service = "PostgreSQL" if isinstance(error, OperationalError) else "Redis"
        return _problem(503, "unavailable", gettext(Unavailable.text, service=service), retry_after_seconds=5)
    return _problem(500, "error", gettext(BROKEN))


def _expected(error: ProofroomError) -> Problem:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS) if _known(error) else 500
    fields: dict[str, list[str]] = {}
    if isinstance(error, Invalid):
        fields = {
            name: [gettext(e.text, **e.params) for e in errors] for name, errors in error.fields.items()
        }
    retry = error.retry_after_seconds if isinstance(error, TooMany) else None
    return Problem(status, error.code, gettext(TITLES[status]), _detail(error, fields), fields, retry)


def _known(error: ProofroomError) -> bool:
    return any(kind in STATUS for kind in type(error).__mro__)


def _detail(error: ProofroomError, fields: dict[str, list[str]]) -> str:
    if len(fields) == 1 and error.text == Invalid.text:
        return " ".join(*fields.values())
    return gettext(error.text, **error.params)


def _http(error: HTTPException) -> Problem:
    status = error.code or 500
    known = status if status in TITLES else 400 if status < 500 else 500
    return _problem(status, f"http_{status}", gettext(HTTP_TEXTS.get(known, BROKEN)), title=known)


def _problem(
    status: int, code: str, detail: str, *, title: int | None = None, retry_after_seconds: int | None = None
) -> Problem:
    return Problem(status, code, gettext(TITLES[title or status]), detail, {}, retry_after_seconds)
