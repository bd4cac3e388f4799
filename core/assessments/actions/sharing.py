"""The shared code of an assessment: one code for many people, opened and closed at will."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.assessments.actions.content import locked_assessment
from core.assessments.actions.deeds import note_deed
from core.assessments.models import Assessment
from core.base.errors import N_, Conflict
from core.base.ids import new_share_code


def open_share_code(
    session: Session, actor: Actor, assessment_uuid: uuid.UUID, *, fresh: bool = False
) -> Assessment:
    """Open the code: the one there was, or a new one (always with ``fresh``; the old one then opens nothing).

    Raises Conflict for an archived assessment, NotFound, NotAllowed.
    """
    assessment = locked_assessment(session, actor, assessment_uuid)
    if assessment.archived_at is not None:
        raise Conflict(N_("This assessment is archived. Restore it before you share it."))
    if assessment.share_code and assessment.share_code_closed_at is None and not fresh:
        return assessment
    renewed = fresh or assessment.share_code is None
    if renewed:
        assessment.share_code = new_share_code()
    assessment.share_code_closed_at = None
    note_deed(session, actor, "assessment.code_opened", assessment, renewed=renewed)
    return assessment


def close_share_code(
    session: Session, actor: Actor, assessment_uuid: uuid.UUID, now: dt.datetime
) -> Assessment:
    """Nobody can start by the code any more; who has started goes on. ``open_share_code`` takes it back."""
    assessment = locked_assessment(session, actor, assessment_uuid)
    if assessment.share_code and assessment.share_code_closed_at is None:
        assessment.share_code_closed_at = now
        note_deed(session, actor, "assessment.code_closed", assessment)
    return assessment
