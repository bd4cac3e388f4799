"""Puts the portal's screens on the application. Each screen adds one line."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_socketio import SocketIO

from portal import live
from portal.accounts.views import accounts
from portal.attempts.resume import resuming
from portal.attempts.views import attempts
from portal.invitations.views import invitations
from portal.invited.views import invited
from portal.settings.views import own_settings


def mount(app: Flask, sockets: SocketIO) -> None:
    """Register every blueprint and socket handler of this door."""
    app.register_blueprint(Blueprint("portal", __name__, template_folder="templates"))
    for screen in (accounts, own_settings, invited, invitations, attempts, resuming):
        app.register_blueprint(screen)
    live.mount(sockets)
