"""This machine: interpreter, free disk space, and whether the public address leads here."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, fail, ok, warn

OLDEST, NEWEST_TRIED = (3, 11), (3, 13)
FAIL_BYTES, WARN_BYTES = 500 * 10**6, 5 * 10**9
FREE_SPACE = "Free space there or give it a larger disk: a full disk stops the database and loses runs."


def interpreter(_deployment: Deployment) -> Sequence[Finding]:
    """The Python that runs this command: the one of the checkout's environment when called as `proofroom`."""
    return [interpreter_finding(sys.version_info[:2], f"Python {platform.python_version()} at {sys.prefix}")]


def interpreter_finding(version: tuple[int, int], found: str) -> Finding:
    """The verdict on a version."""
    if version < OLDEST:
        return fail("interpreter", found, "Install Python 3.11 or newer and run `make run` again.")
    if version > NEWEST_TRIED:
        return warn("interpreter", found, "Use Python 3.11 to 3.13: nothing newer has run the tests.")
    return ok("interpreter", found)


def state_disk(deployment: Deployment) -> Sequence[Finding]:
    """Free space where uploads, logs and (when embedded) the services keep their data."""
    folder = deployment.settings.state_dir
    if not folder.is_dir():
        return [
            fail("disk state", f"{folder} is not there", "Correct PROOFROOM_STATE_DIR, or create the folder.")
        ]
    if not os.access(folder, os.W_OK):
        return [
            fail("disk state", f"{folder} cannot be written to", "Give it to the user that runs Proofroom.")
        ]
    return [space_finding("disk state", folder, shutil.disk_usage(folder).free)]


def database_disk(deployment: Deployment) -> Sequence[Finding]:
    """Free space where the database keeps its files, when they are on this machine and may be looked at."""
    with deployment.reading() as session:
        # Only some roles may read it: the others get no row, where SHOW would be an error.
        place = session.scalar(text("SELECT setting FROM pg_settings WHERE name = 'data_directory'"))
        near = session.scalar(text("SELECT inet_server_addr() IS NULL"))
    try:
        if place and near and Path(place, "PG_VERSION").exists():
            return [space_finding("disk database", Path(place), shutil.disk_usage(place).free)]
    except PermissionError:
        pass
    return [
        ok(
            "disk database",
            "its files are not to be seen from here; watch their disk where the database runs",
        )
    ]


def space_finding(name: str, folder: Path, free: int) -> Finding:
    """The verdict on free bytes."""
    found = f"{free / 1e9:.1f} GB free at {folder}"
    if free < FAIL_BYTES:
        return fail(name, found, FREE_SPACE)
    return warn(name, found, FREE_SPACE) if free < WARN_BYTES else ok(name, found)
