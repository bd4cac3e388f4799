"""The packs of the checkout come into the bank: at every start, with an effect only when something changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.base.log import get_log
from core.problems.actions.versions import keep_version, storing_problems
from core.problems.models import PackVersion
from core.problems.rules.validate import read_pack
from core.problems.shipped import FOLDER, read_folder, shipped_folders

log = get_log(__name__)
LOCK = 7_306_527_119  # any fixed number: two processes that start together must not store the same pack twice


def load_shipped_packs(session: Session, now: dt.datetime, folder: Path = FOLDER) -> Sequence[PackVersion]:
    """Store what is new among the shipped packs and return it. Safe to run twice and in parallel.

    A folder that does not read is logged and left out: one broken pack must not keep a deployment from starting.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    added = []
    for place in shipped_folders(folder):
        files = read_folder(place)
        read = read_pack(files)
        problems = read.problems or storing_problems(files)
        if read.pack is None or problems:
            log.error("pack.refused", folder=place.name, problem=str(problems[0]), problems=len(problems))
            continue
        kept = keep_version(session, None, read.pack, files, now)
        if kept.new:
            added.append(kept.version)
    return added
