"""The addresses that belong to no feature: signs of life, built files, and the kit in development."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, jsonify, send_from_directory
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from core.accounts.queries import some_organisation_exists
from core.base.errors import NotFound
from server.kit_data import KitData
from server.pages import page
from server.request import database, public, redis, settings

STATIC = Path(__file__).resolve().parent / "static"
house = Blueprint("house", __name__)


@house.get("/livez")
@public
def livez() -> tuple[Response, int]:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok"), 200


@house.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """Whether this process can do its work: 200 with ``status: ok``, else 503 and which part does not answer."""
    setup_needed = _setup_needed()
    answers = {"database": setup_needed is not None, "redis": _redis_answers()}
    good = all(answers.values())
    states = {name: "ok" if answer else "unreachable" for name, answer in answers.items()}
    body = jsonify(status="ok" if good else "degraded", setup_needed=setup_needed, **states)
    return body, 200 if good else 503


def _setup_needed() -> bool | None:
    try:
        with database().reading() as session:
            session.execute(text("SELECT 1"))
            return not some_organisation_exists(session)
    except SQLAlchemyError:
        return None


def _redis_answers() -> bool:
    try:
        return bool(redis().ping())
    except RedisError:
        return False


@house.get("/static/<path:name>", endpoint="static_file")
@public
def static_file(name: str) -> Response:
    """Built files: hashed names are kept for ever, the rest is asked for again with its ETag."""
    hashed = name.startswith("built/assets/")
    response = send_from_directory(STATIC, name, max_age=31_536_000 if hashed else 0)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    return response


@house.get("/kit")
@public
def kit() -> Response:
    """Every component on one page, for developers."""
    if not settings().development:
        raise NotFound
    return page("kit.html", kit=KitData())
