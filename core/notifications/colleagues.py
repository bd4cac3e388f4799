"""Inviting a colleague together with the mail that carries the link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from core.accounts.actions.invitations import invite_colleague
from core.accounts.actor import Actor
from core.accounts.models import Organisation, Role
from core.base.links import Links
from core.notifications.actions import send_mail


def invite_colleague_by_mail(
    session: Session, actor: Actor, email: str, roles: Collection[Role], links: Links, now: dt.datetime
) -> str:
    """Invite, write the mail, and return the link, which is shown once as well."""
    invited = invite_colleague(session, actor, email, roles, now)
    link = links.colleague(invited.token)
    organisation = session.get_one(Organisation, actor.organisation_id)
    send_mail(
        session,
        "colleague",
        organisation_id=actor.organisation_id,
        to_address=email,
        locale=actor.locale,
        link=link,
        values={
            "inviter": actor.name,
            "organisation": organisation.name,
            "expires_at": invited.row.expires_at,
            "zone": actor.time_zone,
        },
        now=now,
    )
    return link
