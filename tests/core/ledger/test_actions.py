"""Logs number without gaps, take a batch once, refuse what was not declared, and close for good."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from core.base.errors import Invalid, NotFound
from core.ledger.actions import append_events, begin_late, open_log, seal_log
from core.ledger.errors import LogNotSealed, LogSealed
from core.ledger.queries import check_stored_log, last_leaf, list_events, list_refusals, timeline_of
from core.ledger.rules import UNKNOWN, NewEvent, Refused
from evidence.header import Source
from evidence.manifest import parse_manifest
from tests.factories import NOW, make_organisation

MANIFEST = {"version": 1, "kinds": [{"kind": "pasted", "why": "A reason for a question.", "keep_days": 30}]}
STAFF_TIME = NewEvent("adjusted", {"seconds": 60, "reason": "staff"})


def second(number):
    return NOW + dt.timedelta(seconds=number)


def paste(characters=5, **values):
    return NewEvent("pasted", {"length": characters}, Source.BROWSER, **values)


@pytest.fixture
def log(session):
    return open_log(session, make_organisation(session).id, MANIFEST, NOW)


def test_events_are_numbered_from_zero_and_check_out(session, log):
    first = append_events(session, log.id, [paste(1), paste(2)], second(1))
    then = append_events(session, log.id, [STAFF_TIME], second(2))
    assert (first.first_seq, first.last_seq, then.first_seq, then.last_seq) == (0, 1, 2, 2)
    assert [event.seq for event in list_events(session, log.id)] == [0, 1, 2]
    checked = check_stored_log(session, log.id)
    assert checked.holds
    assert checked.size == 3
    assert last_leaf(session, log.id) == checked.last_leaf.hex()


def test_a_row_that_was_changed_behind_our_back_is_found(session, log):
    append_events(session, log.id, [paste(1), paste(2)], second(1))
    first, newest = list_events(session, log.id)
    first.payload = {"length": 9}
    session.flush()
    assert [problem.code for problem in check_stored_log(session, log.id).problems] == ["wrong_payload"]
    session.delete(newest)
    session.flush()
    assert "truncated" in [problem.code for problem in check_stored_log(session, log.id).problems]


def test_the_log_knows_its_manifest(session, log):
    assert log.manifest == MANIFEST
    assert log.manifest_hash == parse_manifest(MANIFEST).hash()


def test_what_is_not_declared_is_refused_and_counted(session, log):
    away = NewEvent("away", {"duration_ms": 5}, Source.BROWSER)
    forged = NewEvent("submitted", {"files": 0, "files_hash": "0" * 64}, Source.BROWSER)
    events = [away, paste(1), NewEvent("keystroke", {}, Source.BROWSER), away, paste(-1), paste(2), forged]
    result = append_events(session, log.id, events, second(1), "b1")
    assert (result.first_seq, result.last_seq) == (0, 1)
    assert set(result.refused) == {
        Refused("away", "undeclared"),
        Refused(UNKNOWN, "unknown"),
        Refused("pasted", "malformed"),
        Refused("submitted", "source"),
    }
    append_events(session, log.id, [away], second(2))
    counts = {(row.kind, row.reason): row.count for row in list_refusals(session, log.id)}
    assert counts == {
        (UNKNOWN, "unknown"): 1,
        ("away", "undeclared"): 3,
        ("pasted", "malformed"): 1,
        ("submitted", "source"): 1,
    }
    assert check_stored_log(session, log.id).holds


def test_a_batch_is_taken_once_even_after_the_seal(session, log):
    first = append_events(session, log.id, [paste(1), paste(2)], second(1), "b1")
    again = append_events(session, log.id, [paste(1), paste(2)], second(2), "b1")
    assert again.repeated
    assert (again.first_seq, again.last_seq) == (first.first_seq, first.last_seq)
    for _ in range(2):
        nothing = append_events(session, log.id, [NewEvent("x", {}, Source.BROWSER)], second(3), "b2")
        assert nothing.last_seq == nothing.first_seq - 1
    assert [row.count for row in list_refusals(session, log.id)] == [1]
    seal_log(session, log.id, second(4))
    assert append_events(session, log.id, [paste(1), paste(2)], second(5), "b1").repeated
    assert len(list_events(session, log.id)) == 3


def test_after_the_end_work_is_kept_as_late_and_milestones_as_they_are(session, log):
    append_events(session, log.id, [paste(1)], second(1))
    begin_late(session, log.id, second(2))
    begin_late(session, log.id, second(3))
    append_events(session, log.id, [paste(7), STAFF_TIME], second(4))
    assert log.late_from_at == second(2)
    assert [event.kind for event in list_events(session, log.id)] == ["pasted", "received_late", "adjusted"]
    entries = timeline_of(session, log.id)
    late = [(entry.kind, entry.late) for entry in entries]
    assert late == [("pasted", False), ("pasted", True), ("adjusted", False)]
    assert entries[1].payload == {"length": 7}
    assert check_stored_log(session, log.id).holds


def test_a_seal_binds_everything_and_nothing_follows_it(session, log):
    append_events(session, log.id, [paste(1)], second(1))
    leaf = seal_log(session, log.id, second(2))
    assert seal_log(session, log.id, second(3)) == leaf == last_leaf(session, log.id)
    with pytest.raises(LogSealed):
        append_events(session, log.id, [paste(1)], second(4))
    with pytest.raises(LogSealed):
        begin_late(session, log.id, second(4))
    checked = check_stored_log(session, log.id)
    assert checked.holds
    assert checked.sealed
    assert checked.size == 2


def test_a_reopened_log_starts_with_the_leaf_of_the_sealed_one(session, log):
    organisation = log.organisation_id
    with pytest.raises(LogNotSealed):
        open_log(session, organisation, MANIFEST, NOW, previous=log.id)
    leaf = seal_log(session, log.id, second(1))
    again = open_log(session, organisation, MANIFEST, second(2), previous=log.id)
    (first,) = list_events(session, again.id)
    assert first.kind == "reopened"
    assert first.payload == {"previous_log": str(log.id), "previous_leaf": leaf}


def test_receive_times_never_run_backwards(session, log):
    append_events(session, log.id, [paste(1)], second(10))
    append_events(session, log.id, [paste(1)], second(3))
    assert [event.received_at for event in list_events(session, log.id)] == [second(10), second(10)]


def test_bad_callers_are_told(session, log):
    with pytest.raises(Invalid):
        append_events(session, log.id, [paste()] * 201, NOW)
    with pytest.raises(Invalid):
        append_events(session, log.id, [paste()], NOW, batch="a b")
    with pytest.raises(Invalid) as caught:
        open_log(session, log.organisation_id, {"version": 1, "kinds": [{"kind": "away"}]}, NOW)
    assert list(caught.value.fields) == ["manifest.kinds.0"]
    with pytest.raises(NotFound):
        append_events(session, uuid.uuid4(), [paste()], NOW)
    with pytest.raises(NotFound):
        open_log(session, log.organisation_id, MANIFEST, NOW, previous=uuid.uuid4())


def test_claims_are_kept_as_claims(session, log):
    claimed = dt.datetime(1999, 1, 1, tzinfo=dt.UTC)
    before_time = dt.datetime(1960, 1, 1, tzinfo=dt.UTC)
    events = [paste(claimed_at=claimed), paste(claimed_at=before_time)]
    assert append_events(session, log.id, events, second(1)).refused == (Refused("pasted", "malformed"),)
    (event,) = list_events(session, log.id)
    assert (event.claimed_at, event.received_at) == (claimed, second(1))


def test_reading_filters_and_pages(session, log):
    append_events(session, log.id, [paste(n) for n in range(5)], second(1))
    append_events(session, log.id, [STAFF_TIME], second(2))
    assert [event.seq for event in list_events(session, log.id, after_seq=1, limit=2)] == [2, 3]
    assert [event.seq for event in list_events(session, log.id, kinds=["adjusted"])] == [5]
