"""Adding time to work that runs."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Role
from core.assessments.access import access_attempt
from core.assessments.actions.attempts import adjust_time
from core.assessments.actions.deeds import note_deed
from core.assessments.models import Assessment, Attempt, AttemptState
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.arrangements import check_extension
from core.assessments.rules.clock import hard_end
from core.base.errors import N_, Gone
from core.ledger.models import EvidenceLog


def extend_time(
    session: Session, actor: Actor, attempt_uuid: uuid.UUID, minutes: int, now: dt.datetime
) -> Attempt:
    """Give one person more minutes. The record and the audit log say who did; why is not asked and not kept.

    Raises Invalid at ``minutes``, Gone when the work is over, NotFound, NotAllowed.
    """
    check_extension(minutes)
    attempt = access_attempt(session, actor, attempt_uuid, Role.RECRUITER, lock=True)
    if attempt.state != AttemptState.WORKING or now >= hard_end(clock_of(session, attempt)):
        raise Gone(N_("This work is over; no time can be added to it."), code="attempt_over")
    adjust_time(session, attempt, minutes * 60, N_("Added by staff."), now, made_by=actor.person_id)
    log = session.get_one(EvidenceLog, attempt.log_id)
    note_deed(
        session,
        actor,
        "attempt.extended",
        session.get_one(Assessment, attempt.assessment_id),
        subject=("attempt", attempt.uuid, attempt.candidate_name),
        log=(log.id, log.next_seq - 1),
        minutes=minutes,
    )
    return attempt
