"""Builds the web application that the doors mount themselves on."""

from __future__ import annotations

import logging

from flask import Flask, Response
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from core.wiring import Wiring
from server import access_log, errors, gate, i18n, pages, security, ui
from server.house import house
from server.request import finish


class Proofroom(Flask):
    """Flask, with the unit of work closed between the view and the answer: no answer promises what did not commit."""

    def dispatch_request(self) -> ResponseReturnValue:
        response: Response = self.make_response(super().dispatch_request())
        finish(commit=response.status_code < 400)
        return response


def create_app(wiring: Wiring, *, testing: bool = False, unbuilt_ok: bool = False) -> Flask:
    """The application without the doors. ``unbuilt_ok`` draws pages without a browser build, for tests.

    Raises AssetsNotBuilt when there is no browser build.
    """
    app = Proofroom("server", static_folder=None)
    app.testing = testing
    app.extensions["proofroom"] = wiring
    app.url_map.strict_slashes = False
    app.jinja_env.undefined = (
        StrictUndefined  # a misspelt name in a template fails its test instead of showing nothing
    )
    access_log.install(app, trust_given_ids=wiring.settings.trusted_proxies > 0)
    security.install(app, wiring.settings)
    gate.install(app)
    i18n.install(app)
    ui.install(app, unbuilt_ok=unbuilt_ok)
    pages.install(app)
    errors.install(app)
    app.register_blueprint(house)

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        finish(commit=False)

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    return app
