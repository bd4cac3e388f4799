"""What a view asks of its request: the unit of work, who acts, what time it is, the process's services.

    @blueprint.post("/team/packs")
    @staff(Role.RECRUITER)
    def packs():
        import_pack(uow(), actor(), form.file, now())
        return redirect("/team/packs")

``uow()`` opens one unit of work a request. It is committed after the view when the status is below 400, else rolled
back; a view that streams must open its own through ``database()``, because this one is over when streaming begins.
"""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, suppress
from typing import Any, cast

from flask import current_app, g, request
from redis import Redis
from sqlalchemy.orm import Session

from core.accounts.actor import Actor, Origin
from core.accounts.queries import SignedIn
from core.assessments.access import Candidate
from core.base.clock import utc_now
from core.base.db import Database
from core.base.errors import N_, Invalid
from core.base.limits import Limiter
from core.base.links import Links
from core.settings import Settings
from core.wiring import Wiring
from server import identity
from server.access import body_limit, candidate, public, staff
from server.text import unstorable

__all__ = [
    "actor", "body_limit", "candidate", "current_candidate", "database", "json_body", "limiter", "links", "now",
    "origin", "public", "redis", "settings", "signed_in", "staff", "uow", "wants_fragment", "wants_json", "wiring",
]  # fmt: skip


def wiring() -> Wiring:
    """The process's services."""
    return cast(Wiring, current_app.extensions["proofroom"])


def settings() -> Settings:
    """The process's settings."""
    return wiring().settings


def database() -> Database:
    """The process's database, for units of work of one's own."""
    return wiring().database


def limiter() -> Limiter:
    """Counts deeds against their limits."""
    return wiring().limiter


def redis() -> Redis:
    """The process's Redis client."""
    return wiring().redis


def links() -> Links:
    """Absolute links for mails."""
    return wiring().links


def now() -> dt.datetime:
    """When this request began; the same moment for everything it does."""
    if "now" not in g:
        g.now = utc_now()
    return cast(dt.datetime, g.now)


def origin() -> Origin:
    """Where this request came from, for audit rows."""
    return Origin(address=request.remote_addr or "", request_id=g.get("request_id", ""))


def uow() -> Session:
    """The request's session. Never commit it: the toolkit does."""
    if "session" not in g:
        g.unit = database().unit_of_work()
        g.session = g.unit.__enter__()
    return cast(Session, g.session)


class _Abandoned(Exception):
    """Ends a unit of work without a commit."""


def finish(*, commit: bool) -> None:
    """Commit (and tell the world) or roll back; called by the toolkit, harmless when nothing is open."""
    unit: AbstractContextManager[Session] | None = g.pop("unit", None)
    g.pop("session", None)
    if unit is None:
        return
    if commit:
        unit.__exit__(None, None, None)
        return
    with suppress(_Abandoned):
        error = _Abandoned()
        unit.__exit__(_Abandoned, error, None)


def signed_in() -> SignedIn | None:
    """The signed-in person, or None; on public pages too."""
    if "signed_in" not in g:
        g.signed_in = identity.find_person(wiring(), now(), origin())
    return cast("SignedIn | None", g.signed_in)


def actor() -> Actor:
    """The signed-in member acting in the chosen organisation. Raises SignInNeeded, NotAllowed without one."""
    if "actor" not in g:
        g.actor = identity.actor_of(signed_in(), origin())
    return cast(Actor, g.actor)


def current_candidate() -> Candidate:
    """The candidate of a ``@candidate`` view. Raises DeviceNeeded when this browser may not work on the attempt."""
    if "candidate" not in g:
        g.candidate = identity.candidate_of(uow(), request.view_args or {}, origin())
    return cast(Candidate, g.candidate)


def wants_fragment() -> bool:
    """Whether htmx asked, so that a part of a page is the answer."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Whether the caller is a script that expects JSON."""
    if request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def json_body() -> dict[str, Any]:
    """The request's JSON object. Raises Invalid for anything else, and for text that cannot be stored."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid(text=N_("The request must carry a JSON object."))
    if unstorable(body):
        raise Invalid(text=N_("The text holds characters that cannot be stored. Remove them and send again."))
    return body
