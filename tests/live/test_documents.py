"""Join, edit, drop, rejoin, converge, on a real web process."""

from __future__ import annotations

import uuid

from core.base.clock import utc_now
from core.ledger.queries import check_stored_log, timeline_of
from core.workspaces.actions import add_files
from core.workspaces.queries import files_of, history_of
from portal.live.awareness import removal
from tests.live.pages import until


def stored(real_database, work):
    with real_database.reading() as session:
        return files_of(session, work.workspace_id)


def test_two_tabs_see_each_other_and_the_server_has_it_first(first_server, real_database, work, open_page):
    first, second = open_page(work, first_server), open_page(work, first_server)
    assert first.text("main.py") == "start\n"
    ack = first.type("main.py", "one ")
    assert ack["ok"]
    assert ack["at"] <= utc_now().isoformat()
    assert stored(real_database, work)["main.py"] == b"one start\n"
    until(lambda: second.text("main.py") == "one start\n")
    assert second.type("main.py", "two ")["ok"]
    until(lambda: first.text("main.py") == "two one start\n")


def test_work_done_offline_arrives_when_the_page_comes_back(first_server, real_database, work, open_page):
    page, other = open_page(work, first_server), open_page(work, first_server)
    page.close()
    page.body("main.py").insert(0, "offline ")
    assert other.type("main.py", "meanwhile ")["ok"]
    page.reconnect(first_server.url)
    until(lambda: page.text("main.py") == other.text("main.py"))
    text = stored(real_database, work)["main.py"].decode()
    assert text == page.text("main.py")
    assert sorted(text.split()) == ["meanwhile", "offline", "start"]


def test_a_resend_after_a_lost_ack_doubles_nothing(first_server, real_database, work, open_page):
    page = open_page(work, first_server)
    before = page.doc.get_state()
    page.body("main.py").insert(0, "once ")
    update, batch = page.doc.get_update(before), str(uuid.uuid4())
    assert page.send(update, batch)["ok"]
    assert page.send(update, batch)["ok"]
    assert page.send(update)["ok"]
    with real_database.reading() as session:
        assert len(history_of(session, work.workspace_id)) == 2
        assert files_of(session, work.workspace_id)["main.py"] == b"once start\n"


def test_a_gap_sends_the_page_back_to_join(first_server, real_database, work, open_page):
    page = open_page(work, first_server)
    page.body("main.py").insert(0, "lost ")
    between = page.doc.get_state()
    page.body("main.py").insert(0, "after ")
    answer = page.send(page.doc.get_update(between))
    assert answer["problem"]["code"] == "update_gap"
    until(lambda: page.resets == 1)
    page.join()
    assert stored(real_database, work)["main.py"] == b"after lost start\n"


def test_files_that_the_server_adds_reach_open_pages(
    first_server, real_database, work, open_page, wired_hints
):
    page = open_page(work, first_server)
    with real_database.unit_of_work() as session:
        add_files(session, work.workspace_id, {"Main.java": b"class Main {}\n"}, (), utc_now(), "seed:java")
    until(lambda: page.resets == 1)
    page.join()
    assert page.text("Main.java") == "class Main {}\n"


def test_carets_are_relayed_asked_for_and_taken_away(first_server, work, open_page):
    first = open_page(work, first_server)
    message = b"\x01\x07\x03" + b"\x0f" + b'{"name":"tab1"}'
    second = open_page(work, first_server)
    until(lambda: ("asked", work.workspace) in first.heard)
    first.wire.emit("doc.awareness", work.workspace, message)
    until(lambda: ("awareness", work.workspace, message) in second.heard)
    assert ("awareness", work.workspace, message) not in first.heard
    first.close()
    until(lambda: ("awareness", work.workspace, removal({7: 3})) in second.heard)


def test_edits_are_named_in_the_log_after_a_quiet_moment(first_server, real_database, work, open_page):
    page = open_page(work, first_server)
    for number in range(5):
        assert page.type("main.py", f"{number} ")["ok"]

    def events():
        with real_database.reading() as session:
            return timeline_of(session, work.log_id)

    until(lambda: len(events()) == 1, within=10)
    (event,) = events()
    assert event.kind == "edited"
    assert event.payload["count"] == 5
    with real_database.reading() as session:
        history = history_of(session, work.workspace_id)
        assert (event.payload["first_update"], event.payload["last_update"]) == (
            history[1].id,
            history[-1].id,
        )
        assert check_stored_log(session, work.log_id).holds


def test_a_page_hears_hints_of_its_own_attempt(first_server, real_database, work, open_page, wired_hints):
    page = open_page(work, first_server)
    wired_hints(f"attempt:{work.attempt_uuid}", "attempt.changed", {"version": 7})
    until(lambda: ("attempt", {"version": 7}) in page.heard)
