"""What every template has: built files, icons, charts, source listings, and who looks at the page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Request
from jinja2 import Environment

from server import charts, code
from server.assets import Assets
from server.assets import install as install_assets

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Viewer:
    """Who looks at the page, as far as its frame is concerned.

    `direction` is ltr or rtl; `theme` light, dark or system; `time_zone` an IANA name; `shortcuts` whether single
    keys act; `tone` any number, from which the avatar's colour is taken; `href` the person's own page.
    """

    locale: str = "en"
    direction: str = "ltr"
    theme: str = "system"
    time_zone: str = "UTC"
    shortcuts: bool = True
    name: str = ""
    tone: int = 1
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry of the team's side bar. `group` is a translated heading, '' or 'account' (at the bottom).

    By keyword only: the build finds the icons named in Python by that keyword.
    """

    key: str
    label: str
    href: str
    icon: str
    group: str = ""
    count: int | None = None


def theme_of(request: Request, stored: str = "system") -> str:
    """The theme to draw: what this device chose last (cookie `theme`), else what the person stored."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else stored


def furnish(env: Environment) -> None:
    """Adds the charts, the source listings and empty defaults of the frame's variables to a Jinja environment."""
    env.globals.update(charts.FUNCTIONS)
    env.globals.update(code_lines=code.code_lines, viewer=Viewer(), script_messages=None)
    env.globals.update(nav=(), nav_home="/", organisation=None)


def install(app: Flask, *, unbuilt_ok: bool = False) -> None:
    """Furnishes the application's templates. Call once, from create_app.

    `unbuilt_ok` lets tests draw pages without a browser build. Raises AssetsNotBuilt when there is no build.
    """
    install_assets(app, Assets.unbuilt() if unbuilt_ok else Assets.read())
    furnish(app.jinja_env)
