"""Draws templates without the application: the frame needs only these few globals."""

from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import FileSystemLoader, StrictUndefined

from server import ui
from server.assets import ROOT


def bare_app(*folders: str) -> Flask:
    """A Flask with the templates of server/ (and of further folders), null translations, and CSRF tokens."""
    app = Flask("server", root_path=str(Path(ui.__file__).parent))
    app.secret_key = "only for tests"
    app.jinja_loader = FileSystemLoader([ROOT / folder for folder in ("server/templates", *folders)])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)
    CSRFProtect(app)
    ui.install(app, unbuilt_ok=True)
    return app
