"""Puts the interviewers' screens on the application. Each screen adds one line."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_socketio import SocketIO

from interviewer.assessments.mount import assessments
from interviewer.audit.views import audit
from interviewer.mail.views import mail
from interviewer.nav import team_nav
from interviewer.packs.views import packs
from interviewer.people.views import people
from interviewer.set_up.first import set_up
from interviewer.settings.views import team_settings
from interviewer.submissions.views import submissions
from server.pages import set_team_nav


def mount(app: Flask, sockets: SocketIO) -> None:
    """Register every blueprint and socket handler of this door."""
    app.register_blueprint(Blueprint("interviewer", __name__, template_folder="templates"))
    set_team_nav(app, team_nav)
    app.register_blueprint(set_up)
    app.register_blueprint(assessments)
    app.register_blueprint(packs)
    app.register_blueprint(people)
    app.register_blueprint(mail)
    app.register_blueprint(audit)
    app.register_blueprint(team_settings)
    app.register_blueprint(submissions)
