"""What a background process works with: made once at its start, read by every job."""

from __future__ import annotations

import faulthandler
import os

from core.base.log import set_up_logs
from core.settings import read_settings
from core.wiring import Wiring, wire

POOL_SIZE = 3  # the job, the lease beside it, the hand-over after a commit
_wiring: list[Wiring] = []
_stopping: list[bool] = []


def start_process() -> Wiring:
    """Read the settings, set up logs and connect; for the main function of a background process."""
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
