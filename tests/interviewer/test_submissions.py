"""The ranked table and a submission's page by HTTP."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import event, select

from core.accounts.models import Role
from core.review.models import Opening, ReviewState
from tests.factories import make_assessment, make_attempt, make_submission


@pytest.fixture
def desk(as_staff, session, organisation):
    """A recruiter's browser, an assessment, three graded submissions and one being graded."""
    assessment = make_assessment(session, organisation)
    rows = [
        make_submission(session, assessment, name, final)
        for name, final in (
            ("Leyla Haddad", "8.90"),
            ("=cmd|x", "6.40"),
            ("<b>Kofi</b>", "3.20"),
            ("Julia Novak", None),
        )
    ]
    session.commit()
    return as_staff(Role.RECRUITER), assessment, rows


def url(assessment, tail="submissions"):
    return f"/team/assessments/{assessment.uuid}/{tail}"


def choices(session):
    return {row.attempt_id: row.choice for row in session.scalars(select(ReviewState))}


def test_the_table_ranks_escapes_and_says_what_is_missing(desk):
    browser, assessment, _ = desk
    page = browser.get(url(assessment)).text
    order = [page.index(name) for name in ("Leyla Haddad", "=cmd|x", "&lt;b&gt;Kofi", "Julia Novak")]
    assert order == sorted(order)
    assert "<b>Kofi" not in page
    assert "being graded" in page


def test_htmx_gets_the_region_alone(desk):
    browser, assessment, _ = desk
    part = browser.get(url(assessment), headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="review"')
    assert "<html" not in part


def test_peeking_counts_as_opening_and_allows_a_rejection(desk, session):
    browser, assessment, rows = desk
    one = rows[0]
    data = {"attempt": str(one.uuid), "choice": "reject", "reason": "Loses payouts."}
    refused = browser.post(url(assessment, "decide"), data=data, headers={"HX-Request": "true"})
    assert "not opened them: Leyla Haddad" in refused.text
    assert "Higher than" in browser.get(f"/team/submissions/{one.uuid}/peek").text
    assert session.scalars(select(Opening.attempt_id)).all() == [one.id]
    done = browser.post(url(assessment, "decide"), data=data, headers={"HX-Request": "true"})
    assert "One not advanced." in done.text
    assert choices(session) == {one.id: "reject"}


def test_bulk_without_a_reason_keeps_the_page_and_says_so(desk, session):
    browser, assessment, rows = desk
    data = {"attempt": [str(row.uuid) for row in rows[:2]], "choice": "advance", "reason": ""}
    answer = browser.post(url(assessment, "decide"), data=data)
    assert answer.status_code == 422
    assert "Say why in a sentence" in answer.text
    assert choices(session) == {}


def test_undo_by_the_button_of_the_message(desk, session):
    browser, assessment, rows = desk
    data = {"attempt": str(rows[0].uuid), "choice": "advance"}
    told = browser.post(url(assessment, "decide"), data=data, headers={"HX-Request": "true"}).text
    deed = re.search(r'data-deed="([0-9a-f-]{36})"', told)[1]
    browser.post(url(assessment, "undo"), data={"deed": deed})
    session.expire_all()
    assert choices(session) == {rows[0].id: "new"}


@pytest.mark.parametrize(
    "form",
    [{"attempt": "x", "choice": "advance"}, {"choice": "advance"}, {"attempt": "", "choice": "perhaps"}],
)
def test_a_damaged_form_is_refused_in_words(desk, form):
    browser, assessment, _ = desk
    answer = browser.post(url(assessment, "decide"), data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "query", ["sort=password", "least=eleven", "after=%00", "after=WyJ4IiwieSJd", "size=9999999", "decision=x"]
)
def test_a_damaged_question_is_refused_in_words(desk, query):
    browser, assessment, _ = desk
    assert browser.get(f"{url(assessment)}?{query}").status_code == 422


def test_the_csv_holds_the_whole_filter_and_defuses_formulas(desk):
    browser, assessment, _ = desk
    answer = browser.get(url(assessment, "submissions.csv") + "?least=5")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["name"] for row in rows] == ["Leyla Haddad", "'=cmd|x"]
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_page_of_a_submission_opens_takes_notes_and_decides(desk, session):
    browser, _, rows = desk
    place = f"/team/submissions/{rows[0].uuid}"
    assert browser.get(place).status_code == 200
    assert browser.post(f"{place}/notes", data={"text": "<i>Named</i> the risk."}).status_code == 302
    assert browser.post(f"{place}/notes", data={"text": " "}).status_code == 422
    refused = browser.post(f"{place}/decide", data={"choice": "reject", "reason": ""})
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    assert (
        browser.post(f"{place}/decide", data={"choice": "reject", "reason": "Loses payouts."}).status_code
        == 302
    )
    page = browser.get(place).text
    assert "&lt;i&gt;Named&lt;/i&gt;" in page
    assert "Loses payouts." in page


def test_interviewers_read_and_do_not_decide(desk, as_staff):
    _, assessment, rows = desk
    reader = as_staff(Role.INTERVIEWER)
    page = reader.get(url(assessment)).text
    assert 'name="choice"' not in page
    assert (
        reader.post(
            url(assessment, "decide"), data={"attempt": str(rows[0].uuid), "choice": "advance"}
        ).status_code
        == 403
    )


def test_work_in_progress_is_not_shown(desk, session):
    browser, assessment, _ = desk
    working = make_attempt(session, assessment, "Still Working")
    session.commit()
    assert "Still Working" not in browser.get(url(assessment)).text
    assert browser.get(f"/team/submissions/{working.uuid}").status_code == 404


def test_the_table_costs_the_same_queries_at_any_size(desk, session, engine):
    browser, assessment, _ = desk

    def count():
        seen = []

        def listener(*args):
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", listener)
        browser.get(url(assessment))
        event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    small = count()
    for _ in range(40):
        make_submission(session, assessment)
    session.commit()
    assert count() == small
