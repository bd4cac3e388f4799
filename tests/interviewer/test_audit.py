"""The audit screen: filters, pages, words, and one organisation's rows only."""

from __future__ import annotations

import pytest

from core.accounts.models import Role
from core.audit.actions import record_audit
from core.audit.queries import list_audit
from interviewer.audit.words import DEEDS, deed
from tests.factories import make_member, make_organisation


def note(session, organisation, kind="member.removed", **values):
    return record_audit(session, kind, organisation_id=organisation.id, **values)


def test_rows_of_ones_own_organisation_only(as_staff, session, organisation):
    elsewhere = make_organisation(session, "Elsewhere")
    note(session, organisation, subject_name="<i>Ours</i>", details={"before": ["admin"], "note": "<u>x</u>"})
    note(session, elsewhere, subject_name="Theirs")
    session.commit()
    text = as_staff(Role.ADMIN).get("/team/audit").text
    assert "&lt;i&gt;Ours" in text
    assert "<i>Ours" not in text
    assert "<u>x" not in text
    assert "Theirs" not in text


def test_filters_by_kind_and_person(as_staff, session, organisation):
    daniel = make_member(session, organisation, name="Daniel")
    note(session, organisation, "member.removed", actor_id=daniel.person_id, actor_name="Daniel", subject_name="First")
    note(session, organisation, "organisation.renamed", subject_name="Second")
    session.commit()
    client = as_staff(Role.ADMIN)
    by_kind = client.get("/team/audit?kind=organisation.renamed").text
    assert ("First" in by_kind, "Second" in by_kind) == (False, True)
    by_person = client.get(f"/team/audit?person={daniel.person_uuid}").text
    assert ("First" in by_person, "Second" in by_person) == (True, False)
    assert client.get("/team/audit?kind=no.such&person=x").status_code == 200


def test_pages_by_key(as_staff, session, organisation):
    for number in range(120):
        note(session, organisation, subject_name=f"Row {number}.")
    session.commit()
    seen, after = [], ""
    while True:
        found = list_audit(session, organisation.id, kind="member.removed", after=after)
        seen += [event.subject_name for event in found.rows]
        if not found.next_cursor:
            break
        after = found.next_cursor
    assert seen == [f"Row {number}." for number in reversed(range(120))]
    text = as_staff(Role.ADMIN).get(f"/team/audit?kind=member.removed&after={after}").text
    assert "Row 5." in text
    assert "kind=member.removed" in text


@pytest.mark.parametrize("after", ["x", "WyJ4Il0", "W251bGxd", "WzFlOTld"])
def test_damaged_cursors(as_staff, after):
    assert as_staff(Role.ADMIN).get(f"/team/audit?after={after}").status_code == 422


def test_a_kind_without_words_shows_its_name():
    assert deed("thing.done") == "thing.done"
    assert deed("member.removed") == DEEDS["member.removed"]
