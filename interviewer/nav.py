"""The entries of the team's side bar."""

from __future__ import annotations

from core.accounts.actions.first_run import Step, first_run
from core.accounts.actor import Actor
from core.accounts.models import Role
from server.i18n import _
from server.request import uow
from server.ui import NavItem


def _sets_up(actor: Actor) -> bool:
    if not actor.may(Role.ADMIN):
        return False
    stands = first_run(uow())
    return stands.step is not Step.DONE and stands.organisation_id == actor.organisation_id


def team_nav(actor: Actor) -> list[NavItem]:
    """What an actor may open, in the order of a working day."""
    items = (
        [NavItem(key="set_up", label=_("Finish the set-up"), href="/set-up", icon="rocket")]
        if _sets_up(actor)
        else []
    )
    items += [
        NavItem(key="assessments", label=_("Assessments"), href="/team/assessments", icon="clipboard-list"),
        NavItem(key="packs", label=_("Problem packs"), href="/team/packs", icon="package"),
    ]
    if actor.may(Role.RECRUITER):
        items.append(NavItem(key="mail", label=_("Mail"), href="/team/mail", icon="mail"))
    items.append(NavItem(key="people", label=_("People"), href="/team/people", icon="users"))
    if actor.may(Role.ADMIN):
        items.append(NavItem(key="audit", label=_("Audit"), href="/team/audit", icon="scroll-text"))
        items.append(
            NavItem(
                key="settings", label=_("Settings"), href="/team/settings", icon="settings", group="account"
            )
        )
    return items
