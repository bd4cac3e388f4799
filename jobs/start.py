"""What a background process works with: made once at its start, read by every job."""

from __future__ import annotations

import faulthandler
import os

from sqlalchemy.orm import configure_mappers

from core.base.log import set_up_logs
from core.settings import read_settings
from core.wiring import Wiring, wire

POOL_SIZE = 3  # the job, the lease beside it, the hand-over after a commit
_wiring: list[Wiring] = []
_stopping: list[bool] = []


def start_process() -> Wiring:
    """Read the settings, set up logs and wire; for the main function of a background process, before it forks.

    Nothing is connected yet, so children share what was made here; called again, also in a child, it gives the same.
    """
    if _wiring:
        return _wiring[0]
    configure_mappers()  # else every child does it for itself, 8 MB each
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    faulthandler.enable()
    wiring = wire(settings, POOL_SIZE)
    # A connection used on both sides of a fork mixes two conversations; the child starts with an empty pool.
    os.register_at_fork(after_in_child=lambda: wiring.database.engine.dispose(close=False))
    use_wiring(wiring)
    return wiring


def use_wiring(wiring: Wiring) -> None:
    """Make ``wiring`` the one of this process; tests hand in their own."""
    _wiring[:] = [wiring]


def current() -> Wiring:
    """The wiring of this process. Raises RuntimeError before ``start_process``."""
    if not _wiring:
        raise RuntimeError("jobs run inside `python -m jobs.worker`; call start_process first")
    return _wiring[0]


def ask_to_stop() -> None:
    """Long jobs end at their next good moment."""
    _stopping[:] = [True]


def is_stopping() -> bool:
    """Whether this process was asked to end."""
    return bool(_stopping)
