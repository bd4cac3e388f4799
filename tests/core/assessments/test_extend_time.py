"""Added time stands in the clock, in the record and in the audit log, and nowhere a reason."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Role
from core.assessments.actions.time import extend_time
from core.assessments.models import AttemptState
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.clock import deadline
from core.audit.models import AuditEvent
from core.base.errors import Gone, Invalid, NotAllowed, NotFound
from core.ledger.models import EvidenceEvent
from tests.factories import NOW, make_assessment, make_attempt, make_member, make_organisation

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def world(session: Session) -> Any:
    organisation = make_organisation(session)
    attempt = make_attempt(session, make_assessment(session, organisation))
    return organisation, attempt, make_member(session, organisation)


def test_minutes_count_and_are_witnessed(session: Session, world: Any) -> None:
    _, attempt, actor = world
    extend_time(session, actor, attempt.uuid, 15, NOW + MINUTE)
    assert deadline(clock_of(session, attempt)) == NOW + 75 * MINUTE
    [event] = session.scalars(select(EvidenceEvent).where(EvidenceEvent.log_id == attempt.log_id))
    assert (event.kind, event.payload) == ("adjusted", {"seconds": 900, "reason": "staff"})
    [row] = session.scalars(select(AuditEvent))
    assert (row.kind, row.details, row.log_id, row.log_seq) == (
        "attempt.extended", {"minutes": 15}, attempt.log_id, event.seq,
    )  # fmt: skip


def test_until_the_last_moment_and_not_after(session: Session, world: Any) -> None:
    _, attempt, actor = world
    extend_time(session, actor, attempt.uuid, 1, NOW + 60 * MINUTE - dt.timedelta(milliseconds=1))
    with pytest.raises(Gone):
        extend_time(session, actor, attempt.uuid, 1, NOW + 61 * MINUTE)
    attempt.state = AttemptState.SUBMITTED
    with pytest.raises(Gone):
        extend_time(session, actor, attempt.uuid, 1, NOW)


def test_for_recruiters_of_the_organisation(session: Session, world: Any) -> None:
    organisation, attempt, actor = world
    with pytest.raises(NotAllowed):
        extend_time(session, make_member(session, organisation, Role.INTERVIEWER), attempt.uuid, 5, NOW)
    stranger = make_member(session, make_organisation(session, "Elsewhere"), Role.ADMIN)
    for who, what in ((stranger, attempt.uuid), (actor, uuid.uuid4())):
        with pytest.raises(NotFound):
            extend_time(session, who, what, 5, NOW)
    for minutes in (0, -1, 481):
        with pytest.raises(Invalid):
            extend_time(session, actor, attempt.uuid, minutes, NOW)
