"""Personal links: inviting, making a link anew, withdrawing and giving back, arranging more time before the start."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Role
from core.assessments.access import access_invitation
from core.assessments.actions.content import locked_assessment
from core.assessments.actions.deeds import note_deed
from core.assessments.actions.mails import mail_invitations
from core.assessments.models import Assessment, Attempt, Invitation
from core.assessments.rules.arrangements import check_multiplier
from core.assessments.rules.invitations import MAX_ROWS, Person
from core.base.errors import N_, Conflict, Invalid
from core.base.ids import new_token, token_hash
from core.base.links import Links


@dataclass(frozen=True)
class PersonalLink:
    """A fresh link; it can be shown now and never again, because only its hash is stored."""

    invitation_uuid: uuid.UUID
    name: str
    email: str
    link: str


@dataclass(frozen=True)
class Invited:
    """What an invitation of many did: fresh links, and people who had a valid link before."""

    links: tuple[PersonalLink, ...]
    already: tuple[Person, ...]


def invite_candidates(
    session: Session,
    actor: Actor,
    assessment_uuid: uuid.UUID,
    people: Sequence[Person],
    multiplier: Decimal,
    now: dt.datetime,
    links: Links,
) -> Invited:
    """Invite each person once and write them a mail; somebody withdrawn before is invited again.

    Raises Invalid (people, multiplier), Conflict for an archived assessment, NotFound, NotAllowed.
    """
    multiplier = check_multiplier(multiplier)
    assessment = locked_assessment(session, actor, assessment_uuid)
    _need_open(assessment)
    if not 1 <= len(people) <= MAX_ROWS:
        raise Invalid.one("people", N_("Invite 1 to %(most)s people at a time."), most=MAX_ROWS)
    known = _known(session, assessment, [person.key for person in people])
    already = tuple(p for p in people if p.key in known and known[p.key].revoked_at is None)
    skip = {person.key for person in already}
    tokens = {person.key: new_token() for person in people if person.key not in skip}
    rows = {
        person.key: _write(session, actor, assessment, person, known.get(person.key), multiplier, now)
        for person in people
        if person.key not in skip
    }
    for key, row in rows.items():
        row.token_hash = token_hash(tokens[key])
    session.flush()
    made = tuple(_link(row, tokens[key], links) for key, row in rows.items())
    if made:
        mail_invitations(session, actor, assessment, made, multiplier, now)
        note_deed(
            session, actor, "candidates.invited", assessment, count=len(made), multiplier=str(multiplier)
        )
    return Invited(made, already)


def renew_link(
    session: Session, actor: Actor, invitation_uuid: uuid.UUID, now: dt.datetime, links: Links
) -> PersonalLink:
    """A fresh link in place of the old one, which opens nothing any more; mailed as well. Raises Conflict after the start."""
    invitation, assessment = _locked(session, actor, invitation_uuid)
    _need_open(assessment)
    token = new_token()
    invitation.token_hash = token_hash(token)
    invitation.revoked_at = None
    fresh = _link(invitation, token, links)
    mail_invitations(session, actor, assessment, [fresh], invitation.multiplier, now)
    note_deed(session, actor, "invitation.renewed", assessment, subject=_subject(invitation))
    return fresh


def revoke_invitation(
    session: Session, actor: Actor, invitation_uuid: uuid.UUID, now: dt.datetime
) -> Invitation:
    """The link opens nothing any more. ``restore_invitation`` takes it back. Raises Conflict after the start."""
    invitation, assessment = _locked(session, actor, invitation_uuid)
    if invitation.revoked_at is None:
        invitation.revoked_at = now
        note_deed(session, actor, "invitation.revoked", assessment, subject=_subject(invitation))
    return invitation


def restore_invitation(session: Session, actor: Actor, invitation_uuid: uuid.UUID) -> Invitation:
    """The same link opens again."""
    invitation, assessment = _locked(session, actor, invitation_uuid)
    if invitation.revoked_at is not None:
        invitation.revoked_at = None
        note_deed(session, actor, "invitation.restored", assessment, subject=_subject(invitation))
    return invitation


def set_arrangement(
    session: Session, actor: Actor, invitation_uuid: uuid.UUID, multiplier: Decimal
) -> Invitation:
    """More time for one person, before the start. The reason is none of our business and is not kept.

    Raises Invalid, Conflict after the start (``extend_time`` helps then).
    """
    value = check_multiplier(multiplier)
    invitation, assessment = _locked(session, actor, invitation_uuid)
    if invitation.multiplier != value:
        invitation.multiplier = value
        subject = _subject(invitation)
        note_deed(session, actor, "invitation.arranged", assessment, subject=subject, multiplier=str(value))
    return invitation


def _known(session: Session, assessment: Assessment, keys: list[str]) -> dict[str, Invitation]:
    query = select(Invitation).where(
        Invitation.assessment_id == assessment.id, Invitation.email_normalised.in_(keys)
    )
    return {row.email_normalised: row for row in session.scalars(query)}


def _write(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    person: Person,
    known: Invitation | None,
    multiplier: Decimal,
    now: dt.datetime,
) -> Invitation:
    row = known or Invitation(assessment_id=assessment.id, email_normalised=person.key, created_at=now)
    row.name = person.name or row.name or ""
    row.email = person.email
    row.multiplier = multiplier
    row.invited_by = actor.person_id
    row.revoked_at = None
    row.opened_at = None
    session.add(row)
    return row


def _locked(session: Session, actor: Actor, invitation_uuid: uuid.UUID) -> tuple[Invitation, Assessment]:
    """The invitation under its lock, as long as nobody started by it."""
    invitation = access_invitation(session, actor, invitation_uuid, Role.RECRUITER)
    session.refresh(invitation, with_for_update=True)
    if session.scalar(select(Attempt.id).where(Attempt.invitation_id == invitation.id)) is not None:
        raise Conflict(
            N_("This person has started. Their link no longer matters; you can still add time to their work."),
            code="already_started",
        )
    return invitation, session.get_one(Assessment, invitation.assessment_id)


def _need_open(assessment: Assessment) -> None:
    if assessment.archived_at is not None:
        raise Conflict(N_("This assessment is archived. Restore it before you invite anybody."))


def _link(row: Invitation, token: str, links: Links) -> PersonalLink:
    return PersonalLink(row.uuid, row.name, row.email, links.invitation(token))


def _subject(invitation: Invitation) -> tuple[str, uuid.UUID, str]:
    return "invitation", invitation.uuid, invitation.name or invitation.email
