"""Reads of people, their sessions and their memberships."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor, Origin
from core.accounts.models import AccountSession, ColleagueInvitation, Membership, Organisation, Person, Role
from core.accounts.rules import Refresh, SessionFacts, judge_refresh
from core.base.ids import token_hash


@dataclass(frozen=True)
class Member:
    """One organisation a person belongs to."""

    organisation_id: int
    organisation_uuid: uuid.UUID
    organisation_name: str
    roles: frozenset[Role]
    is_example: bool = False


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person: enough to draw a page's frame and to make an actor, without a row in hand."""

    session_id: uuid.UUID
    person_id: int
    person_uuid: uuid.UUID
    name: str
    email: str
    locale: str
    time_zone: str
    theme: str
    single_keys: bool
    memberships: tuple[Member, ...]

    def member_of(self, organisation: uuid.UUID | None) -> Member | None:
        """The chosen organisation's membership, else the oldest one, else None."""
        chosen = [member for member in self.memberships if member.organisation_uuid == organisation]
        return next(iter(chosen or self.memberships), None)

    def actor_in(self, member: Member, origin: Origin) -> Actor:
        """This person acting in one of their organisations."""
        return Actor(
            person_id=self.person_id,
            person_uuid=self.person_uuid,
            name=self.name,
            organisation_id=member.organisation_id,
            roles=member.roles,
            locale=self.locale,
            time_zone=self.time_zone,
            origin=origin,
        )


def find_signed_in(session: Session, session_id: uuid.UUID, now: dt.datetime) -> SignedIn | None:
    """The person of a session that is neither over nor revoked."""
    query = (
        select(Person)
        .join(AccountSession, AccountSession.person_id == Person.id)
        .where(
            AccountSession.id == session_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > now,
        )
    )
    person = session.scalar(query)
    if person is None:
        return None
    return SignedIn(
        session_id=session_id,
        person_id=person.id,
        person_uuid=person.uuid,
        name=person.name,
        email=person.email or "",
        locale=person.locale,
        time_zone=person.time_zone,
        theme=person.theme,
        single_keys=person.single_keys,
        memberships=list_memberships(session, person.id),
    )


def find_session_by_refresh(
    session: Session, session_id: uuid.UUID, token: str, now: dt.datetime
) -> uuid.UUID | None:
    """The session whose current (or just replaced) refresh token this is; nothing rotates."""
    row = session.get(AccountSession, session_id)
    if row is None:
        return None
    verdict = judge_refresh(facts_of(row), token_hash(token), now)
    return row.id if verdict in (Refresh.CURRENT, Refresh.GRACE) else None


def facts_of(row: AccountSession) -> SessionFacts:
    """What the law of sessions reads of a row."""
    return SessionFacts(
        row.refresh_hash, row.previous_refresh_hash, row.rotated_at, row.expires_at, row.revoked_at
    )


def list_memberships(session: Session, person_id: int) -> tuple[Member, ...]:
    """Where a person belongs now, oldest first."""
    query = (
        select(Organisation.id, Organisation.uuid, Organisation.name, Membership.roles, Organisation.is_example)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    rows = session.execute(query).all()
    return tuple(Member(key, address, name, _roles(roles), example) for key, address, name, roles, example in rows)


def _roles(stored: list[str]) -> frozenset[Role]:
    return frozenset(Role(role) for role in stored)


def some_organisation_exists(session: Session) -> bool:
    """Whether the first run is over as far as the set-up token is concerned; the example organisation does not count."""
    return session.scalar(select(Organisation.id).where(Organisation.is_example.is_(False)).limit(1)) is not None


@dataclass(frozen=True)
class Browser:
    """One signed-in browser of a person, for the list on their settings."""

    session_id: uuid.UUID
    user_agent: str
    address: str
    created_at: dt.datetime
    last_seen_at: dt.datetime


def list_browsers(session: Session, person_id: int, now: dt.datetime) -> list[Browser]:
    """Where a person is signed in, latest first."""
    query = (
        select(AccountSession)
        .where(
            AccountSession.person_id == person_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > now,
        )
        .order_by(AccountSession.last_seen_at.desc())
        .limit(100)
    )
    rows = session.scalars(query)
    return [Browser(r.id, r.user_agent, r.address, r.created_at, r.last_seen_at) for r in rows]


@dataclass(frozen=True)
class TeamMember:
    """One line of the people screen."""

    person_id: int
    person_uuid: uuid.UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    since: dt.datetime
    last_seen_at: dt.datetime | None


def list_team(session: Session, organisation_id: int) -> list[TeamMember]:
    """Everybody who belongs to an organisation, by name."""
    seen = (
        select(func.max(AccountSession.last_seen_at))
        .where(AccountSession.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    query = (
        select(Person, Membership, seen)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
    )
    return [
        TeamMember(
            person.id,
            person.uuid,
            person.name,
            person.email or "",
            _in_order(membership.roles),
            membership.created_at,
            at,
        )
        for person, membership, at in session.execute(query)
    ]


def _in_order(stored: list[str]) -> tuple[Role, ...]:
    return tuple(role for role in Role if role.value in stored)


def list_open_invitations(
    session: Session, organisation_id: int, now: dt.datetime
) -> list[tuple[ColleagueInvitation, str]]:
    """Invitations that wait for somebody, with who invited; latest first."""
    query = (
        select(ColleagueInvitation, Person.name)
        .join(Person, Person.id == ColleagueInvitation.invited_by)
        .where(
            ColleagueInvitation.organisation_id == organisation_id,
            ColleagueInvitation.accepted_at.is_(None),
            ColleagueInvitation.revoked_at.is_(None),
            ColleagueInvitation.expires_at > now,
        )
        .order_by(ColleagueInvitation.id.desc())
        .limit(200)
    )
    return [(row, name) for row, name in session.execute(query)]


def list_actors(session: Session, organisation_id: int) -> list[Person]:
    """Everybody who belongs or belonged to an organisation, by name: whoever may stand in its audit log."""
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(func.lower(Person.name), Person.id)
        .limit(500)
    )
    return list(session.scalars(query))
