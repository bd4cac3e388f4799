"""Enforces the access marks before a view runs."""

from __future__ import annotations

from flask import Flask, current_app, request

from server.access import Who, access_of
from server.request import actor, current_candidate


class UnmarkedView(RuntimeError):
    """A view without an access decorator; it is never called."""


def install(app: Flask) -> None:
    """Let nobody past who is not meant."""

    @app.before_request
    def check() -> None:
        if request.endpoint is None:
            return
        access = access_of(current_app.view_functions.get(request.endpoint))
        if access is None:
            raise UnmarkedView(f"{request.endpoint} carries no access decorator (server/access.py).")
        if access.who is Who.STAFF:
            actor().need(*access.roles) if access.roles else actor()
        elif access.who is Who.CANDIDATE:
            current_candidate()
