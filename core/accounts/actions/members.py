"""Who belongs to an organisation, and as what. At least one admin always stays."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.audit import audit
from core.accounts.models import AccountSession, Membership, Organisation, Person, Role
from core.accounts.rules import leaves_no_admin
from core.base.errors import N_, Conflict, Invalid, NotFound
from core.base.realtime import close_sockets

LAST_ADMIN = N_("Somebody must stay admin. Make a colleague an admin first.")


def change_roles(session: Session, actor: Actor, person_uuid: uuid.UUID, roles: Collection[Role]) -> None:
    """Give a member exactly these roles. Raises NotFound, Invalid without a role, Conflict for the last admin."""
    actor.need(Role.ADMIN)
    if not roles:
        raise Invalid.one("roles", N_("Choose at least one role, or remove the person."))
    person, membership = _locked_member(session, actor, person_uuid)
    names = sorted(role.value for role in roles)
    _keep_an_admin(session, actor, person.id, names)
    if sorted(membership.roles) == names:
        return
    before, membership.roles = sorted(membership.roles), names
    audit(
        session, actor, "member.roles_changed", "person", person.uuid, person.name, before=before, after=names
    )
    close_sockets_of(session, person.id)


def remove_member(session: Session, actor: Actor, person_uuid: uuid.UUID, now: dt.datetime) -> str:
    """End a membership; returns the person's name. What the person wrote and decided stays."""
    actor.need(Role.ADMIN)
    person, membership = _locked_member(session, actor, person_uuid)
    _keep_an_admin(session, actor, person.id, [])
    membership.ended_at = now
    audit(session, actor, "member.removed", "person", person.uuid, person.name)
    close_sockets_of(session, person.id)
    return person.name


def add_member(
    session: Session, organisation_id: int, person_id: int, roles: Collection[str], now: dt.datetime
) -> Membership:
    """Let a person belong, or belong again; roles held already are kept."""
    query = select(Membership).where(
        Membership.organisation_id == organisation_id, Membership.person_id == person_id
    )
    membership = session.scalar(query.with_for_update())
    if membership is None:
        membership = Membership(
            organisation_id=organisation_id, person_id=person_id, roles=sorted(roles), created_at=now
        )
        session.add(membership)
    elif membership.ended_at is None:
        membership.roles = sorted({*membership.roles, *roles})
    else:
        membership.roles, membership.ended_at = sorted(roles), None
    session.flush()
    return membership


def close_sockets_of(session: Session, person_id: int) -> None:
    """Cut every open page of a person, so that it comes back with what the person may see now."""
    query = select(AccountSession.id).where(
        AccountSession.person_id == person_id, AccountSession.revoked_at.is_(None)
    )
    for key in session.scalars(query):
        close_sockets(session, f"session:{key}")


def _locked_member(session: Session, actor: Actor, person_uuid: uuid.UUID) -> tuple[Person, Membership]:
    # The organisation's row first: two admins who demote each other at once must not both succeed.
    session.execute(select(Organisation.id).where(Organisation.id == actor.organisation_id).with_for_update())
    query = (
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.uuid == person_uuid,
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _keep_an_admin(session: Session, actor: Actor, person_id: int, roles_after: Collection[str]) -> None:
    query = select(Membership.person_id).where(
        Membership.organisation_id == actor.organisation_id,
        Membership.ended_at.is_(None),
        Membership.roles.contains([Role.ADMIN.value]),
    )
    if leaves_no_admin(session.scalars(query).all(), person_id, roles_after):
        raise Conflict(LAST_ADMIN, code="last_admin")
