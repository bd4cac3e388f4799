"""Links by which colleagues join an organisation."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actions.members import add_member
from core.accounts.actor import Actor, Origin
from core.accounts.audit import audit
from core.accounts.models import ColleagueInvitation, Membership, Organisation, Person, Role
from core.accounts.queries import list_open_invitations
from core.accounts.rules import INVITATION_SECONDS, normalise_email
from core.audit.actions import record_audit
from core.base.errors import N_, Gone, Invalid, NotFound
from core.base.ids import new_token, token_hash

OVER = N_("This invitation is over. Ask %(inviter)s for a new one.")


@dataclass(frozen=True)
class Invited:
    """A fresh invitation and the secret of its link, which is never stored."""

    row: ColleagueInvitation
    token: str


def invite_colleague(
    session: Session, actor: Actor, email: str, roles: Collection[Role], now: dt.datetime
) -> Invited:
    """A link for one colleague; an open one to the same address ends. Raises Invalid."""
    actor.need(Role.ADMIN)
    if not roles:
        raise Invalid.one("roles", N_("Choose at least one role."))
    _refuse_member(session, actor, email)
    for old in _open_to(session, actor, email, now):
        old.revoked_at = now
    token = new_token()
    row = ColleagueInvitation(
        organisation_id=actor.organisation_id,
        email=email,
        roles=sorted(role.value for role in roles),
        token_hash=token_hash(token),
        invited_by=actor.person_id,
        created_at=now,
        expires_at=now + dt.timedelta(seconds=INVITATION_SECONDS),
    )
    session.add(row)
    session.flush()
    audit(session, actor, "colleague.invited", "invitation", row.uuid, email, roles=row.roles)
    return Invited(row, token)


def _refuse_member(session: Session, actor: Actor, email: str) -> None:
    query = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            Person.email_normalised == normalise_email(email),
        )
    )
    if session.scalar(query) is not None:
        raise Invalid.one("email", N_("This person belongs to your organisation already."))


def _open_to(session: Session, actor: Actor, email: str, now: dt.datetime) -> list[ColleagueInvitation]:
    wanted = normalise_email(email)
    rows = list_open_invitations(session, actor.organisation_id, now)
    return [row for row, _inviter in rows if normalise_email(row.email) == wanted]


def revoke_invitation(session: Session, actor: Actor, invitation_uuid: uuid.UUID, now: dt.datetime) -> str:
    """End an open invitation; returns its address. Raises NotFound."""
    actor.need(Role.ADMIN)
    query = select(ColleagueInvitation).where(
        ColleagueInvitation.uuid == invitation_uuid,
        ColleagueInvitation.organisation_id == actor.organisation_id,
        ColleagueInvitation.accepted_at.is_(None),
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = now
        audit(session, actor, "colleague.uninvited", "invitation", row.uuid, row.email)
    return row.email


def access_invitation(
    session: Session, token: str, now: dt.datetime, *, lock: bool = False
) -> tuple[ColleagueInvitation, Organisation, Person]:
    """The invitation of a link, its organisation and who invites. Raises NotFound, Gone when it is over."""
    query = (
        select(ColleagueInvitation, Organisation, Person)
        .join(Organisation, Organisation.id == ColleagueInvitation.organisation_id)
        .join(Person, Person.id == ColleagueInvitation.invited_by)
        .where(ColleagueInvitation.token_hash == token_hash(token))
    )
    row = session.execute(query.with_for_update(of=ColleagueInvitation) if lock else query).one_or_none()
    if row is None:
        raise NotFound
    invitation, organisation, inviter = row
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= now:
        raise Gone(OVER, inviter=inviter.name, code="invitation_over")
    return invitation, organisation, inviter


def accept_invitation(
    session: Session, token: str, person_id: int, now: dt.datetime, origin: Origin
) -> Organisation:
    """Join with an account. Works once; a second use raises Gone."""
    invitation, organisation, _inviter = access_invitation(session, token, now, lock=True)
    person = session.get_one(Person, person_id)
    add_member(session, organisation.id, person_id, invitation.roles, now)
    invitation.accepted_at, invitation.accepted_by = now, person_id
    record_audit(
        session,
        "colleague.joined",
        organisation_id=organisation.id,
        actor_id=person_id,
        actor_name=person.name,
        subject_kind="invitation",
        subject_uuid=invitation.uuid,
        subject_name=invitation.email,
        details={"roles": invitation.roles},
        address=origin.address,
        request_id=origin.request_id,
    )
    return organisation
