"""One line a request, with an id that error pages show; bearer links never appear, because the route is logged."""

from __future__ import annotations

import re
import time
import uuid

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from core.base.ids import uuid7
from core.base.log import get_log

log = get_log(__name__)
GIVEN = re.compile(r"[A-Za-z0-9._\-]{8,40}")
QUIET = frozenset({"house.livez", "house.healthz", "house.static_file"})


def install(app: Flask, *, trust_given_ids: bool) -> None:
    """Number requests (a proxy in front may give the number) and write the access log."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if trust_given_ids and GIVEN.fullmatch(given) else uuid7().hex
        g.began = time.perf_counter()
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.endpoint not in QUIET or response.status_code >= 400:
            _write(response)
        return response


def _write(response: Response) -> None:
    person = g.get("signed_in")
    log.info(
        "request.finished",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        subjects=[str(value) for value in (request.view_args or {}).values() if isinstance(value, uuid.UUID)],
        status_code=response.status_code,
        duration_ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        person=person.person_id if person else None,
        address=request.remote_addr,
    )
