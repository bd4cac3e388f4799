"""Whatever order edits arrive in, whoever drops out and whatever is sent twice: all copies end alike, on several processes' worth
of documents, and nothing acknowledged is missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from core.base.clock import utc_now
from core.workspaces import actions, store
from core.workspaces.actions import apply_update, create_workspace, join
from core.workspaces.documents import Document
from core.workspaces.queries import files_of, history_of
from core.workspaces.store import read_document
from tests.core.workspaces.pages import Page
from tests.factories import NOW, make_organisation

STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(
            ["type", "type", "cut", "file", "rename", "drop", "send", "resend", "offline", "restart"]
        ),
        st.integers(0, 30),
    ),
    max_size=40,
)


def new_workspace(session):
    return create_workspace(session, make_organisation(session).id, {"a.txt": b"start"}, (), NOW).id


def act(page, deed, place, name):
    body = page.body("a.txt")
    length = len(str(body))
    if deed == "type":
        body.insert(place % (length + 1), f"{name}{place}")
    elif deed == "cut" and length:
        start = place % length
        del body[start : min(start + 4, length)]
    elif deed == "file":
        page.add(f"f{place}", f"text {place}", f"{name}{place}")
    elif deed == "rename" and f"{name}{place}" in page.tree:
        page.tree[f"{name}{place}"]["path"] = f"g{place}"
    elif deed == "drop" and f"{name}{place}" in page.tree:
        del page.tree[f"{name}{place}"]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_all_copies_end_alike(session, steps):
    workspace = new_workspace(session)
    pages = [Page(number + 1) for number in range(3)]
    for page in pages:
        page.join(session, workspace)
        page.send(session, workspace)
    for number, deed, place in steps:
        page = pages[number]
        if deed == "send":
            sent = list(page.outbox)
            page.send(session, workspace)
            for other in pages[:number] + pages[number + 1 :]:
                for update in sent:
                    other.hear(update)
        elif deed == "resend" and page.outbox:
            apply_update(session, workspace, next(page.names), "device", page.outbox[0], NOW)
        elif deed == "offline":
            page.join(session, workspace)
        elif deed == "restart":
            store._cache.clear()
        else:
            act(page, deed, place, "abc"[number])
    for _ in range(2):
        for page in pages:
            page.join(session, workspace)
            page.send(session, workspace)
    whole = read_document(session, workspace)
    for page in pages:
        assert page.tree.to_py() == whole.files.to_py()
        assert page.text("a.txt") == files_of(session, workspace)["a.txt"].decode()


def test_a_rolled_back_edit_leaves_no_ghost(real_database):
    with real_database.unit_of_work() as session:
        workspace = new_workspace(session)
    page = Page()
    with real_database.unit_of_work() as session:
        page.join(session, workspace)
    page.outbox.clear()
    page.body("a.txt").insert(0, "ghost ")
    with pytest.raises(RuntimeError), real_database.unit_of_work() as session:
        page.send(session, workspace)
        raise RuntimeError
    for _ in range(2):
        with real_database.unit_of_work() as session:
            fresh = Page()
            assert fresh.join(session, workspace).version == history_of(session, workspace)[-1].id
            assert fresh.text("a.txt") == "start"
    with real_database.unit_of_work() as session:
        page.join(session, workspace)
        page.send(session, workspace)
    with real_database.reading() as session:
        assert files_of(session, workspace) == {"a.txt": b"ghost start"}


def test_many_writers_at_once_lose_nothing(real_database, monkeypatch):
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 25)
    with real_database.unit_of_work() as session:
        workspace = new_workspace(session)

    def write(number):
        page = Page()
        for count in range(15):
            if count % 5 == 0:
                with real_database.unit_of_work() as session:
                    page.join(session, workspace)
                    page.send(session, workspace)
            page.body("a.txt").insert(0, f"<{number}:{count}>")
            with real_database.unit_of_work() as session:
                apply_update(
                    session, workspace, f"{number}-{count}", f"p{number}", page.outbox.pop(0), utc_now()
                )
            if number == 0 and count % 4 == 0:
                store._cache.clear()  # as another process would see it: nothing in memory

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with real_database.unit_of_work() as session:
        text = files_of(session, workspace)["a.txt"].decode()
        assert sorted(part for part in text.removesuffix("start").strip("<>").split("><")) == sorted(
            f"{number}:{count}" for number in range(6) for count in range(15)
        )
        cached = join(session, workspace, Doc().get_state())
        fresh = Document()
        fresh.load(cached.update)
        assert fresh.doc.get(f"body:{next(iter(fresh.entries))}", type=Text).to_py() == text
        ids = [entry.id for entry in history_of(session, workspace)]
        assert ids == sorted(set(ids))


def test_memory_holds_only_so_many_documents(session, monkeypatch):
    monkeypatch.setattr(store, "MAX_CACHED", 3)
    store._cache.clear()
    session.info.clear()
    made = [new_workspace(session) for _ in range(6)]
    session.info.clear()
    for workspace in made:
        join(session, workspace, b"\0")
    assert len(store._cache) == 3
