"""Strangers, floods and nonsense are refused and counted; whoever works beside them notices nothing."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from http.client import HTTPConnection

import pytest
from sqlalchemy import update

from core.accounts.actions.sessions import open_session
from core.accounts.actor import Origin
from core.accounts.models import Organisation, Role
from core.accounts.tokens import Access, new_access_token
from core.assessments.models import Attempt, AttemptDevice
from core.base.clock import utc_now
from core.ledger.queries import check_stored_log, list_refusals, timeline_of
from core.workspaces.actions import freeze_workspace
from core.workspaces.queries import files_of, newest_update
from server.identity import ACCESS_COOKIE
from tests.factories import make_member
from tests.live.pages import until
from tests.live.webserver import SECRET
from tests.live.wire import Lost, Refused, Wire

EMPTY = b"\0"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def test_nobody_connects_without_a_cookie_or_from_another_site(first_server, work):
    with pytest.raises(Refused):
        Wire(first_server.url)
    for origin, status in (("https://evil.example", 400), (first_server.url, 101)):
        connection = HTTPConnection("127.0.0.1", first_server.port, timeout=10)
        connection.request(
            "GET", "/socket.io/?EIO=4&transport=websocket", headers={**UPGRADE, "Origin": origin}
        )
        answer = connection.getresponse()
        assert answer.status == status
        answer.close()
        connection.close()


def test_a_foreign_workspace_looks_like_an_absent_one(first_server, real_database, work, new_work, open_page):
    other = new_work()
    page = open_page(work, first_server)
    answers = [
        page.wire.call("doc.join", address, EMPTY)["problem"]
        for address in (other.workspace, str(uuid.uuid4()), "nonsense", "", None, 7, {"a": 1})
    ]
    assert {answer["code"] for answer in answers} == {"not_found"}
    assert len({answer["detail"] for answer in answers}) == 1
    assert page.wire.call("doc.update", other.workspace, EMPTY * 2, "b")["problem"]["code"] == "not_found"
    report = {"batch": "b", "workspace": other.workspace, "events": []}
    assert page.wire.call("evidence.reported", report)["problem"]["code"] == "not_found"


def test_a_wrong_or_revoked_device_is_a_stranger(first_server, real_database, work):
    name, token = next(iter(work.cookies.items()))
    wire = Wire(first_server.url, {name: token[:-1] + "x"})
    assert wire.call("doc.join", work.workspace, EMPTY)["problem"]["code"] == "not_found"
    wire.close()
    with real_database.unit_of_work() as session:
        session.execute(
            update(AttemptDevice)
            .where(AttemptDevice.attempt_id == work.attempt_id)
            .values(revoked_at=utc_now())
        )
    wire = Wire(first_server.url, work.cookies)
    assert wire.call("doc.join", work.workspace, EMPTY)["problem"]["code"] == "not_found"
    wire.close()


def test_nonsense_is_refused_until_the_page_must_pause(first_server, real_database, work, open_page):
    honest, hostile = open_page(work, first_server), open_page(work, first_server)
    dice = random.Random(7)
    with real_database.reading() as session:
        before = newest_update(session, work.workspace_id)
    codes = [hostile.send(dice.randbytes(40))["problem"]["code"] for _ in range(40)]
    assert set(codes) == {"malformed_update", "too_many"}
    assert codes[-1] == "too_many"
    with real_database.reading() as session:
        assert newest_update(session, work.workspace_id) == before
    assert honest.type("main.py", "undisturbed ")["ok"]


def test_wrong_types_and_sizes_are_refused(first_server, work, open_page):
    page = open_page(work, first_server)
    for arguments in (("text",), (None,), (7,), ([1],), ({"a": 1},), ()):
        assert page.wire.call("doc.join", work.workspace, *arguments)["problem"]["status"] == 422
        assert page.wire.call("doc.update", work.workspace, *arguments)["problem"]["status"] == 422
    assert page.wire.call("doc.update", work.workspace, b"\0\0", "")["problem"]["status"] == 422
    assert page.wire.call("doc.update", work.workspace, b"\0\0", "x" * 65)["problem"]["status"] == 422
    assert page.send(b"\0" * (1024 * 1024 + 4096))["problem"]["status"] == 422
    assert page.wire.call("doc.join", work.workspace, b"\0" * 70_000)["problem"]["status"] == 422


def test_what_is_larger_than_any_message_ends_the_connection(first_server, work, open_page):
    honest, hostile = open_page(work, first_server), open_page(work, first_server)
    with pytest.raises(Lost):
        hostile.send(b"\0" * 1_600_000)
    assert honest.type("main.py", "still ")["ok"]


def test_a_flood_is_answered_with_a_pause_and_others_are_served(first_server, work, open_page):
    honest, hostile = open_page(work, first_server), open_page(work, first_server)
    for _ in range(700):
        hostile.wire.emit("doc.join", work.workspace, EMPTY)
    assert hostile.wire.call("doc.join", work.workspace, EMPTY)["problem"]["code"] == "too_many"
    assert honest.type("main.py", "served ")["ok"]


def test_readonly_files_stay_as_they_are(first_server, real_database, work, open_page):
    page = open_page(work, first_server)
    assert page.type("README.md", "changed ")["problem"]["code"] == "readonly_file"
    with real_database.reading() as session:
        assert files_of(session, work.workspace_id)["README.md"] == b"read only\n"


def test_carets_need_a_joined_page_and_have_a_size(first_server, work, open_page):
    page = open_page(work, first_server)
    stranger = Wire(first_server.url, work.cookies)
    stranger.emit("doc.awareness", work.workspace, b"\x01\x07\x03\x02{}")
    assert stranger.call("doc.awareness", work.workspace, b"\x01\x07\x03\x02{}") is None
    assert page.wire.call("doc.awareness", work.workspace, b"x" * 5000)["problem"]["status"] == 422
    assert page.wire.call("doc.awareness", work.workspace, b"\xff\xff")["problem"]["status"] == 422
    stranger.close()
    assert not [event for event in page.heard if event[0] == "awareness"]


def ended(real_database, work):
    with real_database.reading() as session:
        return session.get(Attempt, work.attempt_id).state


def test_time_is_enforced_at_every_edit_and_late_work_is_kept_apart(
    first_server, real_database, new_work, open_page
):
    work = new_work(started_at=utc_now() - dt.timedelta(minutes=60) + dt.timedelta(seconds=4))
    page = open_page(work, first_server)
    assert page.type("main.py", "in time ")["ok"]
    until(lambda: page.type("main.py", "x ")["ok"] and ended(real_database, work) == "ended", within=10)
    assert page.type("main.py", "late ")["ok"]
    with real_database.reading() as session:
        files = files_of(session, work.workspace_id)["main.py"].decode()
        assert "in time" in files
        assert "late" not in files
        assert "late" in files_of(session, work.workspace_id, late=True)["main.py"].decode()
    report = {"batch": "b1", "workspace": work.workspace, "events": [away(5)]}
    assert page.wire.call("evidence.reported", report)["accepted"] == 1
    with real_database.reading() as session:
        entries = timeline_of(session, work.log_id)
        assert [entry.kind for entry in entries if not entry.late][-1] == "ended_by_clock"
        assert "away" in [entry.kind for entry in entries if entry.late]
        assert check_stored_log(session, work.log_id).holds


def test_long_after_the_end_and_after_a_submit_nothing_is_taken(
    first_server, real_database, new_work, work, open_page
):
    past = new_work(started_at=utc_now() - dt.timedelta(minutes=90))
    page = open_page(past, first_server)
    assert page.type("main.py", "x")["problem"]["status"] == 410
    report = {"batch": "b1", "workspace": past.workspace, "events": [away(5)]}
    assert page.wire.call("evidence.reported", report)["problem"]["code"] == "log_sealed"
    frozen = open_page(work, first_server)
    with real_database.unit_of_work() as session:
        freeze_workspace(session, work.workspace_id, utc_now())
    assert frozen.type("main.py", "x")["problem"]["code"] == "workspace_frozen"


def away(duration_ms, **changes):
    return {
        "kind": "away",
        "claimed_at": 1_790_000_000_000,
        "payload": {"duration_ms": duration_ms},
        **changes,
    }


def test_reports_are_taken_once_and_undeclared_ones_are_counted(first_server, real_database, work, open_page):
    page = open_page(work, first_server)
    pasted = {
        "kind": "pasted",
        "claimed_at": 5,
        "payload": {"length": 500, "lines": 9, "file": "", "trusted": True},
    }
    events = [away(5), pasted, {**pasted, "kind": "opened_file", "payload": {"file": "a"}}]
    forged = {"kind": "submitted", "claimed_at": 5, "payload": {"files": 0, "files_hash": "0" * 64}}
    odd = [
        7,
        {},
        {"kind": 7},
        away(5, claimed_at="now"),
        away(5, claimed_at=-1),
        away(5, extra=1),
        away(True),
    ]
    batch = {"batch": "b1", "workspace": work.workspace, "events": [*events, forged, *odd]}
    assert page.wire.call("evidence.reported", batch) == {"ok": True, "accepted": 2, "refused": 9}
    assert page.wire.call("evidence.reported", batch) == {"ok": True, "accepted": 2, "refused": 0}
    with real_database.reading() as session:
        assert [entry.kind for entry in timeline_of(session, work.log_id)] == ["away", "pasted"]
        counts = {(row.kind, row.reason): row.count for row in list_refusals(session, work.log_id)}
    assert counts == {
        ("(unknown)", "unknown"): 3,
        ("away", "malformed"): 4,
        ("opened_file", "undeclared"): 1,
        ("submitted", "source"): 1,
    }


def test_damaged_reports_are_refused_whole(first_server, work, open_page):
    page = open_page(work, first_server)
    good = {"batch": "b9", "workspace": work.workspace, "events": []}
    damaged = (
        7,
        [],
        {**good, "batch": ""},
        {**good, "batch": None},
        {**good, "events": {}},
        {**good, "events": [away(1)] * 201},
    )
    for batch in damaged:
        assert page.wire.call("evidence.reported", batch)["problem"]["status"] == 422
    huge = {**good, "events": [away(1, payload={"duration_ms": 1, "note": "x" * 140_000})]}
    assert page.wire.call("evidence.reported", huge)["problem"]["status"] == 422


def staff_cookies(real_database, organisation_id):
    with real_database.unit_of_work() as session:
        actor = make_member(session, session.get_one(Organisation, organisation_id), Role.RECRUITER)
        opened = open_session(session, actor.person_id, utc_now(), Origin("127.0.0.1"), "tests")
    token = new_access_token(SECRET, Access(opened.session_id, opened.person_id), utc_now())
    return {ACCESS_COOKIE: token}


def test_rooms_open_to_those_they_concern(first_server, real_database, work, new_work):
    other = new_work()
    with real_database.reading() as session:
        mine, foreign = (session.get_one(Attempt, item.attempt_id) for item in (work, other))
        assessment, organisation = mine.version.assessment_id, mine.organisation_id
        rooms = {
            "own": [f"attempt:{work.attempt_uuid}"],
            "foreign": [
                f"attempt:{other.attempt_uuid}",
                f"org:{uuid.uuid4()}",
                f"pack:{uuid.uuid4()}",
                f"assessment:{uuid.uuid4()}",
            ],
        }
        assert assessment
        assert foreign.organisation_id != organisation
    staff = Wire(first_server.url, staff_cookies(real_database, organisation))
    candidate = Wire(first_server.url, work.cookies)
    for wire in (staff, candidate):
        for room in rooms["own"]:
            assert "problem" not in wire.call("room.watch", room)
        for room in [*rooms["foreign"], "workspace:" + work.workspace, "x", "", None, 7]:
            assert wire.call("room.watch", room)["problem"]["status"] in (401, 404), room
        wire.close()
