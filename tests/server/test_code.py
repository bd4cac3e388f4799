"""Source listings and comparisons."""

import re

from server.code import MAX_LINES, code_lines, compare


def numbers(markup):
    return [int(n) for n in re.findall(r'class="no">(\d+)<', markup)]


def test_listing_numbers_every_line_and_marks_words():
    drawn = code_lines("def f():\n\n    return 1\n", "worker.py", start=20, highlight=[22])
    assert numbers(drawn) == [20, 21, 22]
    assert '<span class="k">def</span>' in drawn
    assert drawn.count('class="ln hl"') == 1


def test_listing_escapes_and_survives_any_language_name():
    drawn = code_lines("<img src=x onerror=alert(1)>", "no such language")
    assert "<img" not in drawn
    assert "&lt;img" in drawn


def test_listing_of_multi_line_strings_keeps_numbers():
    assert numbers(code_lines('x = """a\nb\nc"""\ny', "python")) == [1, 2, 3, 4]


def test_listing_is_bounded():
    assert len(numbers(code_lines("x\n" * (MAX_LINES + 10), "text"))) == MAX_LINES


def test_compare_counts_each_side_in_its_own_numbers():
    diff = compare("a\nb\nc\n", "a\nB\nc\nd\n")
    assert [(row.kind, row.number, row.text) for row in diff.rows] == [
        (" ", 1, "a"),
        ("-", 2, "b"),
        ("+", 2, "B"),
        (" ", 3, "c"),
        ("+", 4, "d"),
    ]
    assert not diff.truncated


def test_compare_leaves_out_what_did_not_change():
    before = "\n".join(str(n) for n in range(40))
    diff = compare(before, before.replace("5\n", "five\n", 1).replace("35", "last"))
    assert "…" in {row.kind for row in diff.rows}
    assert len(diff.rows) < 25


def test_compare_says_when_it_stopped():
    assert compare("x\n" * (MAX_LINES + 1), "").truncated
