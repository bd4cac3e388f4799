"""The environment variables by which the parts find each other. Every part gets only what it needs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from runtime.account import data_user
from runtime.postgres import EmbeddedPostgres
from runtime.redisserver import EmbeddedRedis
from runtime.sockets import socket_folder
from runtime.state import secret_key, state_folder

DEFAULT_PORT = "8000"

# What the sandbox service may know: how to find programs, the network and a container engine. No database, no
# secret, no key of any other service: it is the part that stands next to hostile code.
FOR_SANDBOX = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TERM|CI|XDG_RUNTIME_DIR|DEBIAN_FRONTEND|PYTHON\w+"
    r"|DOCKER_\w+|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_\w+|\w+_CA_BUNDLE"
    r"|PROOFROOM_SANDBOX\w*|PROOFROOM_DOCKER\w*|PROOFROOM_ENGINE\w*|PROOFROOM_STATE_DIR"
)


def instance_environment(checkout: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of the instance of this checkout, whether it runs or not; what is set already is kept.

    Makes the state folder and the secret key on first use.
    """
    state = state_folder(checkout, environ)
    state.mkdir(parents=True, exist_ok=True)
    port = environ.get("PROOFROOM_PORT", DEFAULT_PORT)
    given = {key: value for key, value in environ.items() if value and key in VARIABLES}
    return {
        "PROOFROOM_STATE_DIR": str(state),
        "PROOFROOM_BIND": "127.0.0.1",
        "PROOFROOM_PORT": port,
        "PROOFROOM_PUBLIC_URL": f"http://localhost:{port}",
        "PROOFROOM_SANDBOX_SOCKET": given.get("PROOFROOM_SANDBOX_SOCKET") or str(_sockets(state, given) / "sandbox"),
        "PROOFROOM_SECRET_KEY": given.get("PROOFROOM_SECRET_KEY") or secret_key(state),
        "DATABASE_URL": given.get("DATABASE_URL") or EmbeddedPostgres(state).url,
        "REDIS_URL": given.get("REDIS_URL") or EmbeddedRedis(state).url,
        **given,
    }


VARIABLES = frozenset({
    "DATABASE_URL", "REDIS_URL", "PROOFROOM_STATE_DIR", "PROOFROOM_BIND", "PROOFROOM_PORT", "PROOFROOM_PUBLIC_URL",
    "PROOFROOM_SANDBOX_SOCKET", "PROOFROOM_SECRET_KEY",
})  # fmt: skip


def application_environment(instance: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For web, workers, timetable and one-off commands."""
    return {**environ, **instance, "PYTHONUNBUFFERED": "1"}


def sandbox_environment(instance: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """For the sandbox service: an allow-list."""
    both = {**environ, **instance, "PYTHONUNBUFFERED": "1"}
    return {key: value for key, value in both.items() if FOR_SANDBOX.fullmatch(key)}


def _sockets(state: Path, given: Mapping[str, str]) -> Path:
    embedded = "DATABASE_URL" not in given or "REDIS_URL" not in given
    return socket_folder(state, data_user() if embedded else None)
