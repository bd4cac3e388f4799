"""What somebody who was invited gets to read before they start: found by the secret of their link or by a code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Organisation, Person
from core.assessments.models import Assessment, AssessmentVersion, Attempt, Invitation
from core.assessments.rules.body import Body, body_from_json
from core.assessments.rules.clock import may_start
from core.base.errors import NotFound
from core.base.ids import normalise_share_code, token_hash
from core.notifications.models import MailState, OutgoingMail
from core.problems.models import PackVersion
from core.problems.queries.packs import versions_by_uuid


@dataclass(frozen=True)
class Landing:
    """Everything of the invitation page. ``tasks`` are in order, each with the languages that may be chosen."""

    organisation: Organisation
    inviter: str
    assessment: Assessment
    version: AssessmentVersion
    body: Body
    tasks: tuple[tuple[PackVersion, tuple[str, ...]], ...]

    def open_now(self, now: dt.datetime) -> bool:
        """Whether an attempt may begin now."""
        return self.assessment.archived_at is None and may_start(
            self.body.window.opens_at, self.body.window.closes_at, now
        )


def find_invitation(session: Session, token: str) -> Invitation:
    """The invitation of a personal link, withdrawn ones too. Raises NotFound."""
    invitation = session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
    if invitation is None:
        raise NotFound
    return invitation


def assessment_by_code(session: Session, typed: str) -> Assessment:
    """The assessment of a shared code that is open. Raises NotFound."""
    query = select(Assessment).where(
        Assessment.share_code == normalise_share_code(typed), Assessment.share_code_closed_at.is_(None)
    )
    assessment = session.scalar(query)
    if assessment is None:
        raise NotFound
    return assessment


def landing_of(session: Session, assessment_id: int, invited_by: int | None = None) -> Landing:
    """The current version as a candidate reads it. Raises NotFound when the assessment is not ready."""
    assessment = session.get_one(Assessment, assessment_id)
    if assessment.current_version_id is None:
        raise NotFound
    version = session.get_one(AssessmentVersion, assessment.current_version_id)
    body = body_from_json(version.body)
    packs = versions_by_uuid(session, assessment.organisation_id, [task.pack_version for task in body.tasks])
    inviter = session.get(Person, invited_by or assessment.created_by or 0)
    return Landing(
        organisation=session.get_one(Organisation, assessment.organisation_id),
        inviter="" if inviter is None else inviter.name,
        assessment=assessment,
        version=version,
        body=body,
        tasks=tuple((packs[task.pack_version], task.languages) for task in body.tasks),
    )


def attempt_of_invitation(session: Session, invitation: Invitation) -> Attempt | None:
    """The attempt that was started with this link, if any."""
    return session.scalar(select(Attempt).where(Attempt.invitation_id == invitation.id))


def attempt_of_identity(
    session: Session, assessment: Assessment, provider: str, subject: str
) -> Attempt | None:
    """The attempt that somebody made with this proof of who they are, if any."""
    query = select(Attempt).where(
        Attempt.assessment_id == assessment.id,
        Attempt.identity_provider == provider,
        Attempt.identity_subject == subject,
    )
    return session.scalar(query)


def link_was_mailed(session: Session, invitation: Invitation, link: str, organisation_id: int) -> bool:
    """Whether this very link really went to its address by mail: only then does it prove the address."""
    query = select(OutgoingMail.id).where(
        OutgoingMail.organisation_id == organisation_id,
        OutgoingMail.kind == "invitation",
        OutgoingMail.to_address == invitation.email,
        OutgoingMail.state == MailState.SENT,
        OutgoingMail.link == link,
    )
    return session.scalar(query.limit(1)) is not None
