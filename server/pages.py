"""Renders a template with the frame of its reader: language, theme, organisation, side bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, current_app, g, make_response, render_template, request
from werkzeug.wrappers import Response

from core.accounts.actor import Actor
from server import i18n, ui

TeamNav = Callable[[Actor], Sequence[ui.NavItem]]
_NAV = "proofroom.team_nav"


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A whole page, or the part of one that htmx asked for."""
    return make_response(render_template(template, **values), status)


def set_team_nav(app: Flask, nav: TeamNav) -> None:
    """Called by the interviewer door: the entries of the side bar for an actor."""
    app.extensions[_NAV] = nav


def viewer() -> ui.Viewer:
    """Who looks at this page. Uses only what the request already knows, so that error pages need no database."""
    person = g.get("signed_in")
    frame = ui.Viewer(
        locale=i18n.locale(),
        direction=i18n.direction(),
        theme=ui.theme_of(request, person.theme if person else "system"),
        time_zone=i18n.zone(),
    )
    if person is None:
        return frame
    return ui.Viewer(
        locale=frame.locale,
        direction=frame.direction,
        theme=frame.theme,
        time_zone=frame.time_zone,
        shortcuts=person.single_keys,
        name=person.name,
        tone=person.person_id,
        href="/settings",
    )


def frame() -> dict[str, Any]:
    """The variables that every layout reads (server/templates/layouts)."""
    values: dict[str, Any] = {"viewer": viewer(), "request_id": g.get("request_id", "")}
    actor: Actor | None = g.get("actor")
    person = g.get("signed_in")
    nav = current_app.extensions.get(_NAV)
    if actor is not None and person is not None:
        member = next((m for m in person.memberships if m.organisation_id == actor.organisation_id), None)
        values["organisation"] = (
            {"name": member.organisation_name, "is_example": member.is_example} if member else None
        )
        values["memberships"] = person.memberships
        values["nav"] = nav(actor) if nav else ()
        values["nav_home"] = "/team/assessments"
    return values


def install(app: Flask) -> None:
    """Give every template the frame."""
    app.context_processor(frame)
