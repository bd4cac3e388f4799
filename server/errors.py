"""Answers failures: problem+json for scripts, a designed page for people, the sign-in page when nobody is signed in."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from core.base.errors import ProofroomError
from core.base.log import get_log
from server.identity import DeviceNeeded, SignInNeeded
from server.pages import page
from server.problems import Problem, problem_of
from server.request import finish, wants_fragment, wants_json

log = get_log(__name__)
MAX_HELD = 200_000
NEVER_HELD = ("csrf_token", "password", "new_password", "current_password", "token")


def install(app: Flask) -> None:
    """One handler for everything that views, forms, routing and the database raise."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> AnyResponse:
    """The answer to a failure. Unexpected ones are logged with their traceback, and raised again in tests."""
    finish(commit=False)
    if not isinstance(error, (ProofroomError, HTTPException)):
        _report(error)
    problem = problem_of(error)
    if wants_fragment() or wants_json():
        return _as_json(error, problem)
    if isinstance(error, SignInNeeded):
        return sign_in_first()
    if isinstance(error, DeviceNeeded) and request.method == "GET":
        return redirect(f"/attempts/{(request.view_args or {})['attempt_uuid']}/resume")
    return _as_page(problem)


def _report(error: Exception) -> None:
    problem = problem_of(error)
    if problem.status == 503:
        log.warning("request.unavailable", code=problem.code, reason=type(error).__name__)
        return
    if current_app.testing:
        raise error
    log.error("request.failed", exc_info=error)


def _as_json(error: Exception, problem: Problem) -> AnyResponse:
    response = Response(
        json.dumps(problem.as_json(g.get("request_id", ""))),
        problem.status,
        mimetype="application/problem+json",
    )
    response.headers["HX-Reswap"] = "none"  # a problem is shown as a message, never put into the page
    if isinstance(error, SignInNeeded) and wants_fragment():
        here = request.headers.get("HX-Current-URL", "/")
        response.headers["HX-Redirect"] = "/sign-in?" + urlencode({"next": local_path(here)})
    return _with_retry(response, problem)


def _as_page(problem: Problem) -> AnyResponse:
    return _with_retry(page("errors/problem.html", status=problem.status, problem=problem), problem)


def _with_retry(response: AnyResponse, problem: Problem) -> AnyResponse:
    if problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return response


def sign_in_first() -> AnyResponse:
    """To the sign-in page and back. A form that was sent too late goes along, so that nothing typed is lost."""
    if request.method in ("GET", "HEAD"):
        wanted = request.full_path if request.query_string else request.path
        return redirect("/sign-in?" + urlencode({"next": wanted}))
    held = held_form()
    return page("errors/sign_in_again.html", status=401, held=held, target=request.path)


def held_form() -> str:
    """What was typed into the form of this request, as JSON pairs; secrets and files are left out."""
    try:
        pairs = [(k, v) for k, v in request.form.items(multi=True) if k not in NEVER_HELD]
    except RequestEntityTooLarge:
        return "[]"
    held = json.dumps(pairs)
    return held if len(held) <= MAX_HELD else "[]"


def local_path(address: str) -> str:
    """The path and query of an address of ours; "/" for anything that could lead elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as an unclosed bracket where a host would stand
        return "/"
    path = parts.path
    if not path.startswith("/") or path.startswith("//") or "\\" in address or any(c < " " for c in address):
        return "/"
    return f"{path}?{parts.query}" if parts.query else path
