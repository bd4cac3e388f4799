"""The strict reader agrees with the real library on what editors make, and refuses the rest before it gets there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlFragment

from core.workspaces.documents import Document
from core.workspaces.errors import UpdateGap, UpdateRefused
from core.workspaces.rules.reader import Malformed
from core.workspaces.rules.updates import MAX_UPDATE, arrived, builds_on, parse_state, parse_update
from tests.core.workspaces.pages import Page

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "file", "rename", "drop"]),
        st.integers(0, 50),
        st.text(max_size=8),
    ),
    max_size=25,
)


def edit(page, edits):
    """Random edits of one text file and the tree."""
    body = page.doc.get("body:main", type=Text)
    for deed, place, text in edits:
        length = len(str(body).encode())
        if deed == "insert" and text.isprintable() and text.isascii():
            body.insert(min(place, length), text)
        elif deed == "delete" and length and str(body).isascii():
            start = place % length
            del body[start : min(start + 3, length)]
        elif deed == "file":
            page.add(f"f{place}.py", text.replace("\0", ""), f"id{place}")
        elif deed == "rename" and f"id{place}" in page.tree:
            page.tree[f"id{place}"]["path"] = f"renamed{place}.py"
        elif deed == "drop" and f"id{place}" in page.tree:
            del page.tree[f"id{place}"]


@settings(deadline=None)
@given(EDITS)
def test_what_a_page_makes_is_read_and_stands_whole_in_the_document(edits):
    page = Page(7)
    edit(page, edits)
    document = Document()
    for update in page.outbox:
        parsed = parse_update(update)
        assert builds_on(parsed, document.clocks())
        document.apply(update, dict)
        assert arrived(parsed, document.clocks())
    assert document.clocks() == parse_state(page.doc.get_state())
    assert document.files.to_py() == page.tree.to_py()
    whole = parse_update(page.doc.get_update())
    assert {client: end for client, (_, end) in whole.brings.items()} == document.clocks()


def test_clocks_count_what_javascript_counts():
    page = Page(7)
    page.add("a.py", "a😀é", "a")
    (update,) = page.outbox
    assert parse_update(update).brings[7][1] == parse_state(page.doc.get_state())[7]


@settings(deadline=None, max_examples=400)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_taken_whole(content):
    document = Document()
    try:
        document.apply(content, dict)
    except (UpdateRefused, UpdateGap):
        return
    assert document.clocks() is not None


@settings(deadline=None, max_examples=300)
@given(EDITS, st.data())
def test_damaged_updates_never_break_the_process(edits, data):
    page = Page(7)
    edit(page, [("file", 1, "hello"), *edits])
    document = Document()
    for update in page.outbox[:-1]:
        document.apply(update, dict)
    raw = bytearray(page.outbox[-1])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=5))
        raw = raw or bytearray(b"\0")
    before = document.whole()
    try:
        document.apply(bytes(raw), dict)
    except (UpdateRefused, UpdateGap):
        if not document.spoiled:
            assert document.whole() == before


def update_of(fill):
    doc = Doc()
    fill(doc)
    return doc.get_update()


def insert_embed(doc):
    doc.get("body:a", type=Text).insert_embed(0, {"x": 1})


def put(value):
    return lambda doc: doc.get("tree", type=Map).update({"a": value})


REFUSED = {
    "another_root": lambda doc: doc.get("notes", type=Text).insert(0, "x"),
    "body_without_id": lambda doc: doc.get("body:", type=Text).insert(0, "x"),
    "body_with_path": lambda doc: doc.get("body:../x", type=Text).insert(0, "x"),
    "embed": insert_embed,
    "format": lambda doc: doc.get("body:a", type=Text).insert(0, "x", {"bold": True}),
    "attribute_on_body": lambda doc: doc.get("body:a", type=Map).update({"k": "v"}),
    "list_in_body": lambda doc: doc.get("body:a", type=Array).append(1),
    "list_as_tree": lambda doc: doc.get("tree", type=Array).append(1),
    "text_in_tree": put(Text("x")),
    "array_in_tree": put(Array([1])),
    "xml": lambda doc: doc.get("tree", type=Map).update({"a": XmlFragment()}),
    "subdocument": put(Doc()),
    "bytes": put(b"xx"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_only_texts_and_a_tree_enter(name):
    try:
        update = update_of(REFUSED[name])
    except BaseException as error:
        pytest.skip(f"the library does not make it: {error}")
    with pytest.raises(Malformed):
        parse_update(update)


def nested(depth):
    """A tree entry whose value is an array in an array in an array…"""
    return b"\x01\x01\x01\x00\x28\x01\x04tree\x01a\x01" + b"\x75\x01" * depth + b"\x7e\x00"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\x01",
        b"\xff" * 9 + b"\x01",
        b"\x01\xff\xff\xff\xff\x0f\x01\x00",
        b"\x00\x00\x00",
        nested(100_000),
    ]
    + [
        nested(9),
        b"\x01\x01\x01\x00\x00\xff\xff\xff\xff\x0f\x00",
        b"\x00" * (MAX_UPDATE + 1),
        b"\x00\x01\x01\x01\x00",
    ],
    ids=lambda content: content[:10].hex(),
)
def test_hostile_bytes_are_refused_before_the_decoder(content):
    with pytest.raises(Malformed):
        parse_update(content)


def test_nesting_within_bounds_is_well_formed():
    assert parse_update(nested(5)).brings == {1: (0, 1)}


def test_state_vectors_are_read_strictly():
    assert parse_state(b"\x01\x07\x05") == {7: 5}
    for content in (b"", b"\x02\x01\x01", b"\x00\x00", b"\xff\xff\xff\xff\x0f\x01\x01"):
        with pytest.raises(Malformed):
            parse_state(content)
