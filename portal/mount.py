"""Puts the portal's screens on the application. Each screen adds one line."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_socketio import SocketIO

from portal.accounts.views import accounts
from portal.invited.views import invited
from portal.settings.views import own_settings


def mount(app: Flask, sockets: SocketIO) -> None:
    """Register every blueprint and socket handler of this door."""
    app.register_blueprint(Blueprint("portal", __name__, template_folder="templates"))
    app.register_blueprint(accounts)
    app.register_blueprint(own_settings)
    app.register_blueprint(invited)
