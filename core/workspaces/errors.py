"""Errors of workspaces."""

from __future__ import annotations

from core.base.errors import N_, Conflict, Gone, Invalid


class WorkspaceFrozen(Gone):
    code = "workspace_frozen"
    text = N_("The work has ended; these files take no more changes.")


class UpdateRefused(Invalid):
    """An edit that cannot be taken; ``code`` says why, the stored document is as before."""

    code = "update_refused"
    text = N_("This change cannot be stored.")


class UpdateGap(Conflict):
    """An edit that builds on one the server never got: the page joins again and sends what is missing."""

    code = "update_gap"
    text = N_("An earlier change is missing. Connecting again sends it.")


class WorkspaceFull(Invalid):
    code = "workspace_full"
    text = N_("The files have reached the largest size that can be stored.")
