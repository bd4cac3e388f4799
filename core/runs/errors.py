"""Errors of runs, each with a stable code."""

from __future__ import annotations

from core.base.errors import N_, Conflict


class LostLease(Conflict):
    """A worker wrote for a run that is no longer its own: the lease ran out, or somebody cancelled it."""

    code = "lost_lease"
    text = N_("This run was taken over or cancelled.")
