"""List and board of assessments: right counts, right standings, pages by key, a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.assessments.models import AttemptState, TimeAdjustment
from core.base.errors import Invalid
from core.base.paging import encode_cursor
from core.grading.models import Grade, GradeState
from core.review.models import Choice, ReviewState
from core.review.queries.assessments import count_archived, list_assessments
from core.review.queries.status import Standing, count_standings, status_board
from tests.factories import (
    NOW,
    make_assessment,
    make_attempt,
    make_invitation,
    make_organisation,
    make_submission,
)

LATER = NOW + dt.timedelta(minutes=10)


@pytest.fixture
def queries(session: Session) -> Callable[[], int]:
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2]))

    def count() -> int:
        number = len([sql for sql in asked if sql.startswith("SELECT")])
        asked.clear()
        return number

    return count


def fill(session: Session, times: int = 1) -> Any:
    assessment = make_assessment(session, make_organisation(session))
    for _ in range(times):
        make_invitation(session, assessment, "Invited")
        make_invitation(session, assessment, "Opened", opened_at=LATER)
        make_invitation(session, assessment, "Revoked", revoked_at=LATER, opened_at=LATER)
        link = make_invitation(session, assessment, "Working")
        make_attempt(session, assessment, "Working", invitation_id=link.id, multiplier=Decimal("1.50"))
        make_submission(session, assessment, "Graded")
        make_submission(session, assessment, "Submitted", final=None)
        make_submission(session, assessment, "Failed", final=None, state=GradeState.FAILED)
        ended = make_submission(session, assessment, "Ended", final=None)
        ended.state = AttemptState.ENDED
    session.flush()
    return assessment


def test_everybody_stands_once_with_their_standing(session: Session) -> None:
    assessment = fill(session)
    lines = status_board(session, assessment.id).rows
    assert {line.name: line.standing.value.title() for line in lines} == {
        name: name
        for name in ("Invited", "Opened", "Revoked", "Working", "Graded", "Submitted", "Failed", "Ended")
    }
    counts = count_standings(session, assessment.id)
    assert counts == dict.fromkeys(Standing, 1)
    by_name = {line.name: line for line in lines}
    assert by_name["Working"].by_code is False
    assert by_name["Graded"].by_code is True
    assert by_name["Graded"].final == Decimal("7.50")
    assert by_name["Ended"].ended_by_clock


def test_working_people_have_their_own_deadline(session: Session) -> None:
    assessment = fill(session)
    [line] = status_board(session, assessment.id, standing=Standing.WORKING).rows
    assert line.due_at == NOW + dt.timedelta(minutes=90)
    session.add(TimeAdjustment(attempt_id=_id_of(session, line), seconds=600, reason="more"))
    session.flush()
    [line] = status_board(session, assessment.id, standing=Standing.WORKING).rows
    assert line.due_at == line.ends_at == NOW + dt.timedelta(minutes=100)


def _id_of(session: Session, line: Any) -> int:
    from core.assessments.models import Attempt

    return session.query(Attempt.id).filter(Attempt.uuid == line.attempt_uuid).scalar()


@pytest.mark.parametrize("times", [1, 7])
def test_board_and_list_cost_the_same_at_any_size(
    session: Session, queries: Callable[[], int], times: int
) -> None:
    assessment = fill(session, times)
    for _ in range(times):
        make_assessment_like(session, assessment)
    queries()
    assert len(status_board(session, assessment.id).rows) == min(50, 8 * times)
    assert queries() == 3
    assert sum(count_standings(session, assessment.id).values()) == 8 * times
    assert queries() == 1
    assert len(list_assessments(session, assessment.organisation_id).rows) == times + 1
    assert queries() == 2


def make_assessment_like(session: Session, other: Any) -> Any:
    from core.accounts.models import Organisation

    return make_assessment(session, session.get_one(Organisation, other.organisation_id))


def test_pages_hold_everybody_once(session: Session) -> None:
    assessment = fill(session, 5)
    seen: list[tuple[Any, Any]] = []
    after = ""
    while True:
        page = status_board(session, assessment.id, after=after, size=7)
        seen += [(line.invitation_uuid, line.attempt_uuid) for line in page.rows]
        if page.next_cursor is None:
            break
        after = page.next_cursor
    assert len(seen) == len(set(seen)) == 40


def test_search_is_literal(session: Session) -> None:
    assessment = fill(session)
    make_invitation(session, assessment, "100%_sure\\")
    for text in ("100%_", "sure\\", "%_sure"):
        assert [line.name for line in status_board(session, assessment.id, search=text).rows] == ["100%_sure\\"]
    assert status_board(session, assessment.id, search="'; DROP").rows == []


@pytest.mark.parametrize(
    "values", [["soon", 0, 1], [NOW.isoformat(), 0, "1"], [NOW.isoformat(), 0, 2**70], ["2026-01-01", 0, 1], [None] * 3]
)
def test_damaged_cursors_are_refused(session: Session, values: list[Any]) -> None:
    with pytest.raises(Invalid):
        status_board(session, 1, after=encode_cursor(values))
    for cursor in ("x", "[]", encode_cursor(["x"]), encode_cursor([-1]), encode_cursor([2**64])):
        with pytest.raises(Invalid):
            list_assessments(session, 1, after=cursor)


def test_the_list_counts_people(session: Session) -> None:
    assessment = fill(session)
    organisation_id = assessment.organisation_id
    [line] = list_assessments(session, organisation_id).rows
    assert (line.invited, line.started, line.working, line.submitted) == (3, 5, 1, 4)
    assert (line.graded, line.to_review, line.code_open, line.version) == (1, 1, True, 1)
    graded = session.query(Grade).filter(Grade.state == GradeState.DONE).one()
    session.add(ReviewState(attempt_id=graded.attempt_id, choice=Choice.MAYBE))
    session.flush()
    assert list_assessments(session, organisation_id).rows[0].to_review == 0
    assessment.archived_at = NOW
    session.flush()
    assert list_assessments(session, organisation_id).rows == []
    assert [line.uuid for line in list_assessments(session, organisation_id, archived=True).rows] == [assessment.uuid]
    assert count_archived(session, organisation_id) == 1
