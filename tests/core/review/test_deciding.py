"""Deciding, undoing, and the rule that nobody is rejected unopened."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from core.accounts.models import Role
from core.audit.models import AuditEvent
from core.base.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from core.review.actions import add_note, decide, record_opening, undo
from core.review.models import Choice, Decision, ReviewState
from core.review.rules.deciding import Skip
from tests.factories import (
    NOW,
    make_assessment,
    make_attempt,
    make_member,
    make_organisation,
    make_submission,
)


@pytest.fixture
def desk(session):
    """An organisation with a recruiter and three submissions."""
    organisation = make_organisation(session)
    assessment = make_assessment(session, organisation)
    rows = [
        make_submission(session, assessment, name) for name in ("Leyla Haddad", "Kofi Mensah", "Julia Novak")
    ]
    return organisation, make_member(session, organisation), rows, assessment


def choice_of(session, attempt):
    return session.scalar(select(ReviewState.choice).where(ReviewState.attempt_id == attempt.id))


def later(seconds):
    return NOW + dt.timedelta(seconds=seconds)


def test_advance_acts_at_once_and_leaves_history_and_audit(session, desk):
    _, recruiter, (one, *_), _ = desk
    deed = decide(session, recruiter, [one.uuid], Choice.ADVANCE, "", NOW)
    assert (deed.changed, list(deed.skipped)) == (1, [])
    assert choice_of(session, one) == "advance"
    assert session.scalar(select(AuditEvent.kind)) == "submission.decided"


def test_reject_needs_a_reason_and_an_opened_submission(session, desk):
    _, recruiter, (one, *_), _ = desk
    with pytest.raises(Invalid) as caught:
        decide(session, recruiter, [one.uuid], Choice.REJECT, "  ", NOW)
    assert "reason" in caught.value.fields
    deed = decide(session, recruiter, [one.uuid], Choice.REJECT, "Lost payouts.", NOW)
    assert deed.skipped[0] == ("Leyla Haddad", Skip.UNOPENED)
    record_opening(session, recruiter, one, NOW)
    assert decide(session, recruiter, [one.uuid], Choice.REJECT, "Lost payouts.", NOW).changed == 1


def test_a_colleagues_opening_does_not_count(session, desk):
    organisation, recruiter, (one, *_), _ = desk
    record_opening(session, make_member(session, organisation, name="Jonas Berg"), one, NOW)
    assert decide(session, recruiter, [one.uuid], Choice.REJECT, "Lost payouts.", NOW).changed == 0


def test_bulk_needs_a_reason_and_names_whom_it_skips(session, desk):
    _, recruiter, rows, _ = desk
    every = [row.uuid for row in rows]
    with pytest.raises(Invalid):
        decide(session, recruiter, every, Choice.MAYBE, "", NOW)
    record_opening(session, recruiter, rows[0], NOW)
    deed = decide(session, recruiter, every, Choice.REJECT, "Tests fail.", NOW)
    assert deed.changed == 1
    assert {name for name, _ in deed.skipped} == {"Kofi Mensah", "Julia Novak"}


def test_undo_restores_what_was_there_before(session, desk):
    _, recruiter, rows, _ = desk
    decide(session, recruiter, [rows[1].uuid], Choice.MAYBE, "", NOW)
    deed = decide(session, recruiter, [row.uuid for row in rows], Choice.ADVANCE, "All strong.", later(60))
    assert undo(session, recruiter, deed.id, later(69)) == 3
    assert [choice_of(session, row) for row in rows] == ["new", "maybe", "new"]
    assert session.scalar(select(func.count(Decision.id))) == 7


def test_undo_is_for_ten_seconds_for_the_same_person_and_only_while_it_holds(session, desk):
    organisation, recruiter, (one, *_), _ = desk
    colleague = make_member(session, organisation, name="Jonas Berg")
    deed = decide(session, recruiter, [one.uuid], Choice.ADVANCE, "", NOW)
    with pytest.raises(Gone):
        undo(session, recruiter, deed.id, later(16))
    with pytest.raises(Gone):
        undo(session, colleague, deed.id, later(1))
    decide(session, colleague, [one.uuid], Choice.MAYBE, "", later(2))
    with pytest.raises(Conflict):
        undo(session, recruiter, deed.id, later(3))


def test_strangers_see_nothing_and_interviewers_do_not_decide(session, desk):
    organisation, _, (one, *_), assessment = desk
    stranger = make_member(session, make_organisation(session, "Elsewhere"))
    with pytest.raises(NotFound):
        decide(session, stranger, [one.uuid], Choice.ADVANCE, "", NOW)
    with pytest.raises(NotAllowed):
        decide(
            session, make_member(session, organisation, Role.INTERVIEWER), [one.uuid], Choice.ADVANCE, "", NOW
        )
    working = make_attempt(session, assessment, "Still Working")
    with pytest.raises(NotFound):
        decide(session, make_member(session, organisation), [working.uuid], Choice.ADVANCE, "", NOW)


def test_the_same_decision_twice_changes_nothing(session, desk):
    _, recruiter, (one, *_), _ = desk
    decide(session, recruiter, [one.uuid], Choice.ADVANCE, "", NOW)
    assert decide(session, recruiter, [one.uuid], Choice.ADVANCE, "", NOW).skipped[0][1] is Skip.SAME


def test_notes_are_bounded_and_cleaned(session, desk):
    _, recruiter, (one, *_), _ = desk
    assert add_note(session, recruiter, one, " Named the risk\x00. ", NOW).text == "Named the risk."
    for bad in ("  ", "x" * 4001):
        with pytest.raises(Invalid):
            add_note(session, recruiter, one, bad, NOW)
