"""Workspaces keep what they acknowledged, refuse what pages may not do, and give the files of any moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import pytest
from pycrdt import Doc, Map, Text

from core.base.blobs import put_blob
from core.base.errors import Invalid, NotFound
from core.ledger.actions import begin_late, open_log
from core.ledger.queries import check_stored_log, list_events
from core.workspaces import actions, documents
from core.workspaces.actions import (
    add_binary_file,
    add_files,
    apply_update,
    create_workspace,
    freeze_workspace,
    join,
)
from core.workspaces.errors import UpdateGap, UpdateRefused, WorkspaceFrozen, WorkspaceFull
from core.workspaces.models import WorkspaceSnapshot
from core.workspaces.queries import (
    files_of,
    history_of,
    list_files,
    newest_update,
    read_blob,
    update_contents,
)
from core.workspaces.recording import record_edits
from core.workspaces.rules.hashes import edits_hash
from tests.core.workspaces.pages import Page
from tests.factories import NOW, make_organisation

FILES = {"README.md": b"# Read\r\nme\n", "src/pay.py": "x = 'é😀'\n".encode(), "logo.png": b"\x89PNG\0"}
LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture
def workspace(session):
    return create_workspace(session, make_organisation(session).id, FILES, {"README.md"}, NOW).id


@pytest.fixture
def page(session, workspace):
    page = Page()
    page.join(session, workspace)
    page.outbox.clear()
    return page


def test_starter_files_are_seeded_once_with_line_endings_of_editors(session, workspace, page):
    assert files_of(session, workspace) == {**FILES, "README.md": b"# Read\nme\n"}
    assert page.text("src/pay.py") == "x = 'é😀'\n"
    assert [file.readonly for file in list_files(session, workspace)] == [True, False, False]
    assert add_files(session, workspace, {"b.py": b"1"}, (), NOW, "seed:python")
    assert not add_files(session, workspace, {"c.py": b"1"}, (), NOW, "seed:python")
    assert add_files(session, workspace, {"b.py": b"other"}, (), NOW, "seed:java")
    assert files_of(session, workspace)["b.py"] == b"1", "work is never overwritten"


def test_edits_are_stored_and_read_by_others(session, workspace, page):
    page.body("src/pay.py").insert(0, "# mine\n")
    page.add("src/new.py", "print(1)\n")
    results = page.send(session, workspace)
    assert [result.changed for result in results] == [True, True]
    assert results[-1].update_id == newest_update(session, workspace)
    assert files_of(session, workspace)["src/new.py"] == b"print(1)\n"
    other = Page()
    other.join(session, workspace)
    assert other.text("src/pay.py") == "# mine\nx = 'é😀'\n"


def test_a_resend_a_duplicate_and_an_empty_exchange_store_nothing(session, workspace, page):
    page.body("src/pay.py").insert(0, "a")
    update = page.outbox[0]
    first = apply_update(session, workspace, "m1", "device", update, NOW)
    assert not apply_update(session, workspace, "m1", "device", update, NOW).changed
    assert not apply_update(session, workspace, "m2", "device", update, NOW).changed
    page.join(session, workspace)
    assert [result.changed for result in page.send(session, workspace)] == [False]
    assert newest_update(session, workspace) == first.update_id


def test_a_gap_is_refused_and_joining_again_closes_it(session, workspace, page):
    page.body("src/pay.py").insert(0, "a")
    page.body("src/pay.py").insert(0, "b")
    with pytest.raises(UpdateGap):
        apply_update(session, workspace, "m1", "device", page.outbox[1], NOW)
    page.join(session, workspace)
    page.send(session, workspace)
    assert files_of(session, workspace)["src/pay.py"].startswith(b"bax")


def test_building_on_an_unknown_page_is_a_gap_too(session, workspace, page):
    page.body("src/pay.py").insert(0, "stranger")
    stranger = Page()
    stranger.hear(page.doc.get_update())
    stranger.outbox.clear()
    stranger.body("src/pay.py").insert(3, "!")
    with pytest.raises(UpdateGap):
        stranger.send(session, workspace)
    assert files_of(session, workspace)["src/pay.py"] == FILES["src/pay.py"]


def test_deleting_what_is_unknown_is_a_gap_too(session, workspace, page):
    body = page.body("src/pay.py")
    body.insert(0, "abc")
    del body[0:3]
    with pytest.raises(UpdateGap):
        apply_update(session, workspace, "m", "device", page.outbox[1], NOW)


def readonly_edit(page):
    page.body("README.md").insert(0, "x")


def readonly_removed(page):
    del page.tree[next(k for k, v in page.tree.to_py().items() if v["readonly"])]


def readonly_moved(page):
    page.tree[next(k for k, v in page.tree.to_py().items() if v["readonly"])]["path"] = "other"


def readonly_unlocked(page):
    page.tree[next(k for k, v in page.tree.to_py().items() if v["readonly"])]["readonly"] = False


def broken_entry(page):
    page.tree["x"] = Map({"path": "a"})


def many_files(page):
    with page.doc.transaction():
        for number in range(500):
            page.add(f"f{number}")


HOSTILE = {
    readonly_edit: "readonly_file",
    readonly_removed: "readonly_file",
    readonly_moved: "readonly_file",
    readonly_unlocked: "readonly_file",
    (lambda page: page.add("x", readonly=True)): "readonly_file",
    (lambda page: page.add("../etc/passwd")): "bad_path",
    (lambda page: page.add("/etc/passwd")): "bad_path",
    (lambda page: page.add("a\u202eb")): "bad_path",
    (lambda page: page.add("a", file_id="x" * 65)): "bad_entry",
    (lambda page: page.add("a", kind="link")): "bad_entry",
    (lambda page: page.add("a", size=-1, kind="binary", blob="0" * 64)): "bad_entry",
    (lambda page: page.add("a", size=1.5, kind="binary", blob="0" * 64)): "bad_entry",
    (lambda page: page.add("a", size=5, kind="binary", blob="0" * 64)): "unknown_blob",
    (lambda page: page.add("a", more=1)): "bad_entry",
    broken_entry: "bad_entry",
    many_files: "too_many_files",
    (lambda page: page.doc.get("notes", type=Text).insert(0, "x")): "malformed_update",
    (lambda page: page.body("src/pay.py").insert(0, "x" * 1_100_000)): "malformed_update",
}


@pytest.mark.parametrize("deed", HOSTILE, ids=lambda deed: deed.__name__)
def test_what_a_page_may_not_do_changes_nothing(session, workspace, page, deed):
    before, newest = files_of(session, workspace), newest_update(session, workspace)
    deed(page)
    with pytest.raises(UpdateRefused) as caught:
        page.send(session, workspace)
    assert caught.value.code == HOSTILE[deed]
    assert files_of(session, workspace) == before
    assert newest_update(session, workspace) == newest
    honest = Page()
    honest.join(session, workspace)
    honest.outbox.clear()
    honest.body("src/pay.py").insert(0, "still here ")
    assert honest.send(session, workspace)[0].changed
    assert files_of(session, workspace)["src/pay.py"].startswith(b"still here ")


def test_two_pages_may_take_one_path_at_once(session, workspace, page):
    other = Page()
    other.join(session, workspace)
    page.add("same.py", "one", "a1")
    other.outbox.clear()
    other.add("same.py", "two", "a2")
    page.send(session, workspace)
    other.send(session, workspace)
    files = files_of(session, workspace)
    assert (files["same.py"], files["same (2).py"]) == (b"one", b"two")


def test_binary_files_are_named_by_what_was_uploaded_here(session, workspace, page):
    stored = add_binary_file(session, workspace, b"\0\1\2", NOW)
    page.add("data.bin", kind="binary", blob=stored.blob, size=stored.size)
    page.send(session, workspace)
    assert files_of(session, workspace)["data.bin"] == b"\0\1\2"
    assert read_blob(session, workspace, stored.blob) == b"\0\1\2"
    foreign = put_blob(session, b"secret of somebody else")
    with pytest.raises(NotFound):
        read_blob(session, workspace, foreign)
    page.add("stolen.bin", kind="binary", blob=foreign, size=len(b"secret of somebody else"))
    with pytest.raises(UpdateRefused, match="not uploaded"):
        page.send(session, workspace)


def test_uploads_have_a_bound(session, workspace, monkeypatch):
    monkeypatch.setattr(actions, "MAX_UPLOADS", 10)
    with pytest.raises(Invalid):
        add_binary_file(session, workspace, b"\0" * 6, NOW)


def test_a_frozen_workspace_keeps_its_files_and_late_work_apart(session, workspace, page):
    page.body("src/pay.py").insert(0, "in time ")
    page.send(session, workspace)
    newest = freeze_workspace(session, workspace, NOW, late_until_at=LATER)
    assert newest == newest_update(session, workspace)
    page.body("src/pay.py").insert(0, "late ")
    (stored,) = page.send(session, workspace, NOW + dt.timedelta(minutes=1))
    assert stored.late
    assert files_of(session, workspace)["src/pay.py"].startswith(b"in time ")
    assert files_of(session, workspace, late=True)["src/pay.py"].startswith(b"late in time ")
    assert freeze_workspace(session, workspace, LATER) == newest
    assert [entry.late for entry in history_of(session, workspace)] == [False, False, True]
    page.body("src/pay.py").insert(0, "too late ")
    with pytest.raises(WorkspaceFrozen):
        page.send(session, workspace, LATER)
    with pytest.raises(WorkspaceFrozen):
        add_files(session, workspace, {"b": b""}, (), LATER, "x")
    with pytest.raises(WorkspaceFrozen):
        add_binary_file(session, workspace, b"", LATER)
    assert join(session, workspace, Doc().get_state()).version == stored.update_id


def test_the_files_of_any_moment(session, workspace, page, monkeypatch):
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 4)
    moments = {}
    for number in range(11):
        page.body("src/pay.py").insert(0, f"{number},")
        (stored,) = page.send(session, workspace)
        moments[stored.update_id] = page.text("src/pay.py").encode()
    assert session.get(WorkspaceSnapshot, workspace) is not None
    for update_id, text in moments.items():
        assert files_of(session, workspace, update_id)["src/pay.py"] == text
    assert len(history_of(session, workspace)) == 12
    assert {entry.author for entry in history_of(session, workspace)} == {"server", "device"}
    fresh = Page()
    fresh.join(session, workspace)
    assert fresh.text("src/pay.py") == page.text("src/pay.py")


def test_documents_and_logs_have_bounds(session, workspace, page, monkeypatch):
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 2000)
    body = page.body("src/pay.py")
    for _ in range(20):
        # Typing and deleting again leaves a small document however long the log.
        body.insert(0, "x" * 300)
        del body[0:300]
        page.send(session, workspace)
    body.insert(0, "y" * 1900)
    with pytest.raises(WorkspaceFull):
        page.send(session, workspace)
    monkeypatch.setattr(actions, "MAX_LOG", 5)
    with pytest.raises(WorkspaceFull):
        apply_update(session, workspace, "m", "device", b"\0\0", NOW)


def test_damaged_states_and_unknown_workspaces(session, workspace):
    for state in (b"", b"\xff" * 20, b"\x01\x01"):
        with pytest.raises(UpdateRefused):
            join(session, workspace, state)
    with pytest.raises(NotFound):
        join(session, 987654, b"\0")
    with pytest.raises(Invalid):
        create_workspace(session, None, {"../x": b""}, (), NOW)


def manifest(*kinds):
    return {"version": 1, "kinds": [{"kind": kind, "why": "x", "keep_days": 1} for kind in kinds]}


def test_evidence_names_each_edit_once(session, workspace, page):
    log = open_log(session, make_organisation(session).id, manifest("edited"), NOW)
    assert record_edits(session, workspace, log.id, NOW) is None
    seed = newest_update(session, workspace)
    for text in ("a", "b", "c"):
        page.body("src/pay.py").insert(0, text)
    page.send(session, workspace)
    assert record_edits(session, workspace, log.id, NOW) == 0
    assert record_edits(session, workspace, log.id, NOW) is None
    page.body("src/pay.py").insert(0, "d")
    page.send(session, workspace)
    begin_late(session, log.id, NOW)
    assert record_edits(session, workspace, log.id, NOW) == 1
    first, then = list_events(session, log.id)
    contents = update_contents(session, workspace, seed)
    assert first.payload["count"] == 3
    assert first.payload["hash"] == edits_hash(contents[:3])
    assert first.payload["size"] == sum(map(len, contents[:3]))
    assert then.kind == "received_late"
    assert then.payload["payload"]["first_update"] > first.payload["last_update"]
    assert check_stored_log(session, log.id).holds


def test_edits_that_were_not_declared_are_not_recorded(session, workspace, page):
    log = open_log(session, make_organisation(session).id, manifest("away"), NOW)
    page.body("src/pay.py").insert(0, "a")
    page.send(session, workspace)
    assert record_edits(session, workspace, log.id, NOW) is None
    assert list_events(session, log.id) == []


def test_the_hash_of_a_blob_is_its_address(session, workspace):
    content = uuid.uuid4().bytes + b"\0"
    assert add_binary_file(session, workspace, content, NOW).blob == hashlib.sha256(content).hexdigest()
