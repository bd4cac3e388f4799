"""The entries of the team's side bar."""

from __future__ import annotations

from core.accounts.actor import Actor
from core.accounts.models import Role
from server.i18n import _
from server.ui import NavItem


def team_nav(actor: Actor) -> list[NavItem]:
    """What an actor may open, in the order of a working day."""
    items = [
        NavItem("assessments", _("Assessments"), "/team/assessments", icon="clipboard-list"),
        NavItem("packs", _("Problem packs"), "/team/packs", icon="package"),
    ]
    if actor.may(Role.RECRUITER):
        items.append(NavItem("mail", _("Mail"), "/team/mail", icon="mail"))
    items.append(NavItem("people", _("People"), "/team/people", icon="users"))
    if actor.may(Role.ADMIN):
        items.append(NavItem("audit", _("Audit"), "/team/audit", icon="scroll-text"))
        items.append(NavItem("settings", _("Settings"), "/team/settings", icon="settings", group="account"))
    return items
