"""The only ways to another's row. Absent and forbidden look alike: both are NotFound."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor, Origin
from core.accounts.models import Role
from core.assessments.models import Assessment, Attempt, AttemptDevice, Invitation
from core.base.errors import NotFound
from core.base.ids import token_hash

READERS = (Role.RECRUITER, Role.INTERVIEWER)


@dataclass(frozen=True)
class Candidate:
    """Somebody working on an attempt in a browser that was let in (decision 20)."""

    attempt_id: int
    attempt_uuid: uuid.UUID
    person_id: int
    device_id: int
    locale: str = "en"
    time_zone: str = "UTC"
    origin: Origin = field(default_factory=Origin)


def find_candidate(
    session: Session, attempt_uuid: uuid.UUID, device_token: str, origin: Origin
) -> Candidate | None:
    """The candidate whose browser holds ``device_token`` for this attempt, or None."""
    query = (
        select(Attempt.id, Attempt.person_id, Attempt.consent_locale, AttemptDevice.id)
        .join(AttemptDevice, AttemptDevice.attempt_id == Attempt.id)
        .where(
            Attempt.uuid == attempt_uuid,
            AttemptDevice.token_hash == token_hash(device_token),
            AttemptDevice.revoked_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    attempt_id, person_id, locale, device_id = row
    return Candidate(attempt_id, attempt_uuid, person_id, device_id, locale=locale, origin=origin)


def access_own_attempt(session: Session, candidate: Candidate, *, lock: bool = False) -> Attempt:
    """The candidate's own attempt; ``lock`` takes its row lock, first in the lock order."""
    query = select(Attempt).where(Attempt.id == candidate.attempt_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    attempt = session.scalar(query)
    if attempt is None:
        raise NotFound
    return attempt


def access_attempt(
    session: Session, actor: Actor, attempt_uuid: uuid.UUID, *roles: Role, lock: bool = False
) -> Attempt:
    """An attempt of the actor's organisation, for one of ``roles`` (readers by default)."""
    query = select(Attempt).where(
        Attempt.uuid == attempt_uuid, Attempt.organisation_id == actor.organisation_id
    )
    attempt = session.scalar(query.with_for_update() if lock else query)
    if attempt is None:
        raise NotFound
    actor.need(*(roles or READERS))
    return attempt


def access_assessment(session: Session, actor: Actor, assessment_uuid: uuid.UUID, *roles: Role) -> Assessment:
    """An assessment of the actor's organisation, for one of ``roles`` (readers by default)."""
    query = select(Assessment).where(
        Assessment.uuid == assessment_uuid, Assessment.organisation_id == actor.organisation_id
    )
    assessment = session.scalar(query)
    if assessment is None:
        raise NotFound
    actor.need(*(roles or READERS))
    return assessment


def access_invitation(session: Session, actor: Actor, invitation_uuid: uuid.UUID, *roles: Role) -> Invitation:
    """A personal link of the actor's organisation, for one of ``roles`` (readers by default)."""
    query = (
        select(Invitation)
        .join(Assessment, Assessment.id == Invitation.assessment_id)
        .where(Invitation.uuid == invitation_uuid, Assessment.organisation_id == actor.organisation_id)
    )
    invitation = session.scalar(query)
    if invitation is None:
        raise NotFound
    actor.need(*(roles or READERS))
    return invitation
