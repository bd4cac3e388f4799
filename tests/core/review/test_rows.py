"""The ranked table: places, filters, pages by key, and a fixed number of queries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from core.base.errors import Invalid
from core.review.actions import decide
from core.review.models import Choice
from core.review.queries.rows import count_by_choice, every_row, list_rows
from core.review.rules.table import Ask, Sort, ask_values, read_ask
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
    organisation = make_organisation(session)
    assessment = make_assessment(session, organisation)
    return organisation, make_member(session, organisation), assessment


def names(page):
    return [row.name for row in page.rows]


def test_rank_is_by_final_with_shared_places_and_the_unscored_last(session, desk):
    _, recruiter, assessment = desk
    for name, final in (("A", "5.00"), ("B", "9.00"), ("C", "9.00"), ("D", None)):
        make_submission(session, assessment, name, final)
    make_attempt(session, assessment, "Still working")
    page = list_rows(session, assessment.id, recruiter.person_id, Ask())
    assert [(row.name, row.rank) for row in page.rows] == [("C", 1), ("B", 1), ("A", 3), ("D", None)]


def test_the_rank_does_not_change_with_the_filter(session, desk):
    _, recruiter, assessment = desk
    make_submission(session, assessment, "Best", "9.00")
    make_submission(session, assessment, "100%_sure", "4.00")
    page = list_rows(session, assessment.id, recruiter.person_id, Ask(search="0%_s"))
    assert [(row.name, row.rank) for row in page.rows] == [("100%_sure", 2)]
    assert names(list_rows(session, assessment.id, recruiter.person_id, Ask(most=Decimal(5)))) == [
        "100%_sure"
    ]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("descending", [True, False])
def test_pages_by_key_cover_every_row_once(session, desk, sort, descending):
    _, recruiter, assessment = desk
    finals = ["7.00", "7.00", None, "3.25", "9.90", None, "7.00"]
    for number, final in enumerate(finals):
        make_submission(session, assessment, f"Name {number % 3}", final)
    seen, after = [], ""
    while after is not None:
        ask = Ask(sort=sort, descending=descending, size=2, after=after)
        page = list_rows(session, assessment.id, recruiter.person_id, ask)
        seen += [row.attempt_id for row in page.rows]
        after = page.next_cursor
    whole = [
        row.attempt_id
        for row in every_row(
            session, assessment.id, recruiter.person_id, Ask(sort=sort, descending=descending)
        )
    ]
    assert seen == whole
    assert len(set(seen)) == len(finals)


def test_counts_of_the_tabs(session, desk):
    _, recruiter, assessment = desk
    one = make_submission(session, assessment)
    make_submission(session, assessment)
    decide(session, recruiter, [one.uuid], Choice.MAYBE, "", NOW)
    assert count_by_choice(session, assessment.id) == {"new": 1, "advance": 0, "maybe": 1, "reject": 0}


def test_one_query_a_page_whatever_its_size(session, desk):
    _, recruiter, assessment = desk
    for _ in range(30):
        make_submission(session, assessment)
    statements = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len(list_rows(session, assessment.id, recruiter.person_id, Ask()).rows) == 30
    assert len(statements) == 1


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJ9", "W10" * 200, "WzEsMl0x", "WyJ4IiwieSJd"])
def test_a_damaged_page_link_is_refused_in_words(session, desk, cursor):
    _, recruiter, assessment = desk
    with pytest.raises(Invalid):
        list_rows(session, assessment.id, recruiter.person_id, Ask(after=cursor))


def test_questions_are_read_strictly():
    with pytest.raises(Invalid) as caught:
        read_ask({"sort": "password", "least": "eleven", "decision": "perhaps", "size": "1000000"})
    assert set(caught.value.fields) == {"sort", "least", "decision", "size"}


@pytest.mark.parametrize("score", ["nan", "-nan", "snan", "inf", "-1", "10.01", "1e400"])
def test_what_is_no_score_is_refused_in_words(score):
    with pytest.raises(Invalid) as caught:
        read_ask({"least": score})
    assert set(caught.value.fields) == {"least"}


@given(
    st.builds(
        Ask,
        decision=st.sampled_from(["", "new", "maybe"]),
        search=st.text("ab ", max_size=3).map(str.strip),
        least=st.none() | st.decimals("0", "10", places=2),
        over_time=st.booleans(),
        sort=st.sampled_from(list(Sort)),
        descending=st.booleans(),
    )
)
def test_a_question_survives_its_own_link(ask):
    assert read_ask(ask_values(ask)) == ask
