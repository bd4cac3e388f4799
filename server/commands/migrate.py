"""`proofroom migrate`: bring the database to the newest schema."""

from __future__ import annotations

import argparse

from core.base.db import make_engine
from core.base.migrations import upgrade
from core.settings import BadSetting, read_settings


def run(_options: argparse.Namespace) -> int:
    """0 when the schema is the newest; several starters at once wait for each other."""
    try:
        settings = read_settings()
    except BadSetting as error:
        print(f"proofroom migrate: {error}")  # noqa: T201
        return 1
    engine = make_engine(settings.database_url, 1)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    return 0
