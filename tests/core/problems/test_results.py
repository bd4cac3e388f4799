"""JUnit and TAP files, the honest and the hostile."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems.rules.kinds import ResultFormat
from core.problems.rules.named import MAX_RESULTS, ReadResults
from core.problems.rules.results import all_passed, read_results, result_for

JUNIT = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="s" tests="4"><properties><property name="a" value="b"/></properties>
<testcase classname="tests.test_a.A" name="test_one" time="0.1"/>
<testcase classname="tests.test_a.A" name="test_two"><failure message="1 != 2">trace</failure></testcase>
<testcase classname="tests.test_a.B" name="test_one"><skipped/></testcase>
<testcase name="alone"><error>boom</error><system-out>x</system-out></testcase>
</testsuite></testsuites>"""

# Written by Node 18's own runner (one file, a suite, a failing and a skipped test).
NODE_TAP = b"""TAP version 13
# Subtest: /box/tests/cart.test.js
    # Subtest: totals
        # Subtest: adds up
        ok 1 - adds up
          ---
          duration_ms: 1.2
          ...
        # Subtest: rounds \\# half up
        not ok 2 - rounds \\# half up
          ---
          duration_ms: 0.7
          error: |-
            Expected values to be strictly equal:
            1 !== 2
          code: 'ERR_ASSERTION'
          ...
        # Subtest: later
        ok 3 - later # SKIP not yet
          ---
          duration_ms: 0.1
          ...
        1..3
    not ok 1 - totals
      ---
      duration_ms: 3
      ...
    1..1
not ok 1 - /box/tests/cart.test.js
  ---
  duration_ms: 50
  ...
1..1
# tests 1
# pass 0
"""


def junit(data: bytes) -> ReadResults:
    return read_results(ResultFormat.JUNIT, data)


def tap(data: bytes) -> ReadResults:
    return read_results(ResultFormat.TAP, data)


def test_junit() -> None:
    read = junit(JUNIT)
    assert read.fault == ""
    assert [(r.name, r.ok) for r in read.results] == [
        ("tests.test_a.A.test_one", True),
        ("tests.test_a.A.test_two", False),
        ("tests.test_a.B.test_one", False),
        ("alone", False),
    ]
    assert result_for(read, "tests.test_a.A.test_two").message == "1 != 2"
    assert result_for(read, "tests.test_a.A.test_one").ok
    # By the short name two tests answer, one of them skipped: not passed.
    assert not result_for(read, "test_one").ok
    assert not result_for(read, "test_absent").found


def test_node_tap() -> None:
    read = tap(NODE_TAP)
    assert read.fault == ""
    name = "totals > adds up"
    assert [r.name for r in read.results][0] == f"/box/tests/cart.test.js > {name}"
    assert result_for(read, name).ok
    assert result_for(read, "adds up").ok
    failed = result_for(read, "totals > rounds # half up")
    assert failed.found
    assert not failed.ok
    assert "1 !== 2" in failed.message
    assert not result_for(read, "later").ok
    assert not all_passed(read).ok


@pytest.mark.parametrize(
    ("data", "fault", "oks"),
    [
        (b"1..2\nok 1 - a\nok 2 - b\n", "", [True, True]),
        (b"ok\nnot ok\n1..2\n", "", [True, False]),
        (b"1..1\nok 1 - a # TODO later\n", "", [True]),
        (b"1..1\r\nok 1 - a\r\n", "", [True]),
        (b"1..0 # SKIP nothing here\n", "", []),
        (b"1..3\nok 1 - a\n", "promises 3 tests, 1 were reported", [True]),
        (b"ok 1 - a\n", "has no plan line", [True]),
        (b"", "has no plan line", []),
        (b"1..2\nok 1\nBail out! disk full\nok 2\n", "bailed out: disk full", [True]),
        (b"okay then\n1..0\n", "", []),
    ],
)
def test_tap_table(data: bytes, fault: str, oks: list[bool]) -> None:
    read = tap(data)
    assert fault in read.fault
    assert bool(fault) == bool(read.fault)
    assert [r.ok for r in read.results] == oks


def test_lines_in_a_yaml_block_are_no_results() -> None:
    read = tap(b"1..1\nnot ok 1 - a\n  ---\n  ok 2 - forged\n  ...\n")
    assert [r.name for r in read.results] == ["a"]
    assert read.results[0].message == "ok 2 - forged"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "not valid XML"),
        (b"<testsuite>", "not valid XML"),
        (b"<html/>", "is not JUnit"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><testsuite>&a;</testsuite>', "DTD or entities"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>', "DTD or entities"),
        (b'<?xml version="1.0" encoding="klingon"?><testsuite/>', "not valid XML"),
        (b"<testsuite>" + b"<a>" * 100, "nested deeper"),
        (b"<testsuite>" + b"<testcase name='a'/>" * (MAX_RESULTS + 1) + b"</testsuite>", "more than 5000"),
    ],
)
def test_junit_faults(data: bytes, fault: str) -> None:
    assert fault in junit(data).fault


@pytest.mark.parametrize("form", list(ResultFormat))
@given(data=st.binary(max_size=400))
def test_rubbish_never_raises(form: ResultFormat, data: bytes) -> None:
    read = read_results(form, data)
    assert all(len(result.name) <= 300 for result in read.results)


@given(text=st.text(st.sampled_from("ok not1.2# -\n\\SKIP todo Bail out!---...:"), max_size=200))
def test_tap_like_rubbish_never_raises(text: str) -> None:
    read = tap(text.encode())
    assert not all_passed(read).ok or read.results


@given(st.lists(st.tuples(st.text(max_size=20), st.booleans()), max_size=12))
def test_junit_round_trip(cases: list[tuple[str, bool]]) -> None:
    from xml.etree import ElementTree

    suite = ElementTree.Element("testsuite")
    wanted = []
    for name, ok in cases:
        printable = "".join(sign for sign in name if sign.isprintable()).strip()
        case = ElementTree.SubElement(suite, "testcase", name=printable)
        if not ok:
            ElementTree.SubElement(case, "failure")
        wanted.append((printable, ok))
    read = junit(ElementTree.tostring(suite))
    assert [(r.short, r.ok) for r in read.results] == wanted


@pytest.mark.parametrize(
    "data",
    [
        b"ok 1 - a\n" * 230_000,
        b"    " * 500_000 + b"ok",
        b"not ok 1\n  ---\n" + b"x\n" * 900_000,
        b"ok 1 - " + b"# skip" * 300_000,
        b"ok 1 - " + b" " * 1_900_000 + b"#",
        b"\\" * 2_000_000,
    ],
)
def test_floods_of_tap_are_bounded(data: bytes) -> None:
    started = time.process_time()
    read = tap(data)
    assert len(read.results) <= MAX_RESULTS
    assert time.process_time() - started < 3.0


def test_large_files_are_refused() -> None:
    assert "larger than 2 MiB" in tap(b" " * (2 * 2**20 + 1)).fault
