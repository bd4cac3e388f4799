"""Making an assessment and changing what it says. A change is a new version, for attempts not yet started."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Role
from core.assessments.access import access_assessment
from core.assessments.actions.deeds import note_deed
from core.assessments.models import Assessment, AssessmentVersion
from core.assessments.queries.offers import as_rule_values, offered_packs
from core.assessments.rules.body import Body, body_from_json, body_to_json
from core.assessments.rules.body_check import title_faults, validate_body
from core.base.errors import N_, Conflict, FieldError, Invalid

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"


def create_assessment(session: Session, actor: Actor, title: str, body: Body, now: dt.datetime) -> Assessment:
    """A new assessment with its first version. Raises Invalid by field name, NotAllowed."""
    actor.need(Role.RECRUITER)
    check_draft(session, actor, title, body, now)
    assessment = Assessment(
        organisation_id=actor.organisation_id,
        title=title.strip(),
        display_code=_display_code(),
        created_by=actor.person_id,
        created_at=now,
    )
    session.add(assessment)
    session.flush()
    _add_version(session, actor, assessment, 1, body, now)
    note_deed(session, actor, "assessment.created", assessment)
    return assessment


def change_assessment(
    session: Session,
    actor: Actor,
    assessment_uuid: uuid.UUID,
    title: str,
    body: Body,
    based_on: int,
    now: dt.datetime,
) -> AssessmentVersion:
    """A new version when the content differs; the current one when it does not.

    ``based_on`` is the number of the version that the change was made from. Raises Conflict when it is not the current
    one any more, Invalid by field name, NotFound, NotAllowed.
    """
    assessment = locked_assessment(session, actor, assessment_uuid)
    current = session.get_one(AssessmentVersion, assessment.current_version_id)
    if current.number != based_on:
        raise Conflict(
            N_("Somebody changed this assessment meanwhile. Compare what you typed with the current version.")
        )
    used = body_from_json(current.body)
    check_draft(session, actor, title, body, now, used)
    renamed = title.strip() != assessment.title
    assessment.title = title.strip()
    if body != used:
        current = _add_version(session, actor, assessment, current.number + 1, body, now)
    if renamed or body != used:
        note_deed(session, actor, "assessment.changed", assessment, version=current.number)
    return current


def archive_assessment(
    session: Session, actor: Actor, assessment_uuid: uuid.UUID, now: dt.datetime
) -> Assessment:
    """Out of the lists; nobody can start any more. Attempts that run go on. Again changes nothing."""
    assessment = locked_assessment(session, actor, assessment_uuid)
    if assessment.archived_at is None:
        assessment.archived_at = now
        note_deed(session, actor, "assessment.archived", assessment)
    return assessment


def restore_assessment(session: Session, actor: Actor, assessment_uuid: uuid.UUID) -> Assessment:
    """Takes ``archive_assessment`` back."""
    assessment = locked_assessment(session, actor, assessment_uuid)
    if assessment.archived_at is not None:
        assessment.archived_at = None
        note_deed(session, actor, "assessment.restored", assessment)
    return assessment


def locked_assessment(session: Session, actor: Actor, assessment_uuid: uuid.UUID) -> Assessment:
    """An assessment of the actor's organisation under its row lock, for recruiters and admins."""
    assessment = access_assessment(session, actor, assessment_uuid, Role.RECRUITER)
    session.execute(select(Assessment.id).where(Assessment.id == assessment.id).with_for_update())
    session.refresh(assessment)
    return assessment


def check_draft(
    session: Session, actor: Actor, title: str, body: Body, now: dt.datetime, used: Body | None = None
) -> None:
    """Raise Invalid with everything that is wrong with a draft. ``used`` is the version that it would replace."""
    also = [task.pack_version for task in used.tasks] if used else []
    offers = offered_packs(session, actor.organisation_id, also)
    faults = {**title_faults(title), **validate_body(body, as_rule_values(offers))}
    closes_at = body.window.closes_at
    if closes_at and closes_at <= now and (used is None or used.window != body.window):
        faults.setdefault("window.closes_at", []).append(FieldError(N_("This moment has passed. Choose a later one.")))
    if faults:
        raise Invalid(faults)


def _add_version(
    session: Session, actor: Actor, assessment: Assessment, number: int, body: Body, now: dt.datetime
) -> AssessmentVersion:
    version = AssessmentVersion(
        assessment_id=assessment.id,
        number=number,
        body=body_to_json(body),
        manifest_hash=body.manifest.hash(),
        created_by=actor.person_id,
        created_at=now,
    )
    session.add(version)
    session.flush()
    assessment.current_version_id = version.id
    session.flush()
    return version


def _display_code() -> str:
    """A name for people to say, such as PR-4829-XK. It opens nothing, so two may be alike."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(2))
    return f"PR-{secrets.randbelow(9000) + 1000}-{letters}"
