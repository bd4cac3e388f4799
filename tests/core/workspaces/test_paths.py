"""Paths that may be, and one place for each file whatever two pages did at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workspaces.rules.hashes import edits_hash, files_hash
from core.workspaces.rules.paths import numbered, path_problem, text_of
from core.workspaces.rules.tree import Entry, placed


@pytest.mark.parametrize("path", ["a", "src/a.py", ".gitignore", "a b/c d.txt", "ünï/文件.md", "x" * 100])
def test_good_paths(path):
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "a/./b",
        "a\\b",
        "a\nb",
        "a\0b",
        "x" * 101,
        "ab/" * 70,
        "é" * 51,
    ]
    + ["\u202egpj.exe", "a\u2028b", " a", "a /b", "\ud800", "/".join("a" * 13), "\u200b"],
    ids=lambda path: path.encode("unicode_escape").decode()[:20] or "empty",
)
def test_bad_paths(path):
    assert path_problem(path)


def entry(path, readonly=False):
    return Entry(path, "text", "", 0, readonly)


def test_two_files_at_one_place_are_numbered_by_their_ids():
    tree = {"b": entry("src/a.py"), "a": entry("src/a.py"), "c": entry("src/a.py")}
    assert placed(tree) == {"src/a.py": "a", "src/a (2).py": "b", "src/a (3).py": "c"}


def test_nothing_takes_the_place_of_a_readonly_file():
    assert placed({"a": entry("tests/t.py"), "z": entry("tests/t.py", True)}) == {
        "tests/t.py": "z",
        "tests/t (2).py": "a",
    }
    assert placed({"a": entry("tests"), "z": entry("tests/t.py", True)}) == {
        "tests/t.py": "z",
        "tests (2)": "a",
    }
    assert placed({"a": entry("tests/t.py/x"), "z": entry("tests/t.py", True)}) == {
        "tests/t.py": "z",
        "tests/t (2).py/x": "a",
    }


PARTS = st.sampled_from(["a", "b", "a (2)", "b.py"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.tuples(PATHS, st.booleans()), max_size=12)
)
def test_every_file_has_a_place_of_its_own_that_a_disk_can_hold(values):
    tree = {key: entry(path, readonly) for key, (path, readonly) in values.items()}
    places = placed(tree)
    assert sorted(places.values()) == sorted(tree)
    for path in places:
        parts = path.split("/")
        assert not any("/".join(parts[:count]) in places for count in range(1, len(parts)))
    shuffled = dict(reversed(tree.items()))
    assert placed(shuffled) == places


def test_numbers_stand_before_the_ending():
    assert numbered("a/b.tar.gz", 2) == "a/b.tar (2).gz"
    assert numbered(".gitignore", 2) == ".gitignore (2)"
    assert numbered("Makefile", 3) == "Makefile (3)"


def test_text_or_binary():
    assert text_of(b"a\r\nb\rc\n") == "a\nb\nc\n"
    assert text_of(b"\xff") is None
    assert text_of(b"a\0b") is None
    assert text_of(b"") == ""


def test_fingerprints_depend_on_every_part():
    assert edits_hash([b"a", b"b"]) != edits_hash([b"b", b"a"]) != edits_hash([b"ab"])
    assert files_hash({"a": b"1", "b": b"2"}) == files_hash({"b": b"2", "a": b"1"})
    assert files_hash({"a": b"1"}) != files_hash({"b": b"1"}) != files_hash({"a": b"2"})
