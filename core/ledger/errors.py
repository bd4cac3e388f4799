"""Errors of the ledger."""

from __future__ import annotations

from core.base.errors import N_, Conflict, Gone


class LogSealed(Gone):
    code = "log_sealed"
    text = N_("The record of this attempt is closed and takes nothing more.")


class LogNotSealed(Conflict):
    code = "log_not_sealed"
    text = N_("The earlier record is still open; it must be closed before another one continues it.")
