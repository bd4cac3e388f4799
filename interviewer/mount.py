"""Puts the interviewers' screens on the application. Each screen adds one line."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_socketio import SocketIO

from interviewer.nav import team_nav
from server.pages import set_team_nav


def mount(app: Flask, sockets: SocketIO) -> None:
    """Register every blueprint and socket handler of this door."""
    app.register_blueprint(Blueprint("interviewer", __name__, template_folder="templates"))
    set_team_nav(app, team_nav)
