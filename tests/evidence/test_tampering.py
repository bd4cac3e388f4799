"""Every forgery of the peer's log is caught: the naive ones by the log itself, the competent ones by what others remember."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.check import check_log
from evidence.header import BadHeader, Header, Source, parse_header
from evidence.kinds import Kind
from evidence.merkle import Tree
from tests.evidence.logs import LOG, event, leaf_of, log_of, rechained, rewritten

FORGERIES = {
    "edit": lambda e: [*e[:3], event(3, payload={"duration_ms": 999}), *e[4:]],
    "drop_middle": lambda e: e[:3] + e[4:],
    "drop_first": lambda e: e[1:],
    "insert": lambda e: [*e[:3], event(3, payload={"duration_ms": 1}), *e[3:]],
    "reorder": lambda e: [*e[:2], e[3], e[2], *e[4:]],
    "reverse": lambda e: e[::-1],
    "truncate": lambda e: e[:-4],
    "truncate_to_nothing": lambda e: [],
    "stretch_time": lambda e: [
        rewritten(x, received_at=1_790_000_000_000 + 3000 * n) for n, x in enumerate(e)
    ],
    "fabricate": lambda e: [event(n, payload={"duration_ms": 5}) for n in range(len(e))],
    "repeat": lambda e: [*e[:4], e[3], *e[4:]],
}


def codes(checked):
    return {problem.code for problem in checked.problems}


def test_an_honest_log_holds():
    events = log_of(8)
    tree = Tree(leaf_of(item) for item in events)
    checked = check_log(LOG, events, known_leaf=leaf_of(events[-1]), known_root=tree.root())
    assert checked.holds
    assert checked.sealed
    assert checked.size == 9
    assert checked.root == tree.root()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_competent_forgery_meets_the_receipt(name):
    honest = log_of(8)
    forged = rechained(FORGERIES[name](honest))
    assert check_log(LOG, forged).holds, "the forger did a thorough job"
    found = check_log(LOG, forged, known_leaf=leaf_of(honest[-1]), known_size=len(honest))
    assert codes(found) & {"not_the_known_leaf", "truncated"}
    root = Tree(leaf_of(item) for item in honest).root()
    assert not check_log(LOG, forged, known_root=root).holds


@pytest.mark.parametrize(
    "name", [n for n in FORGERIES if n not in ("truncate", "truncate_to_nothing", "fabricate")]
)
def test_a_naive_forgery_contradicts_itself(name):
    assert not check_log(LOG, FORGERIES[name](log_of(8))).holds


def test_cutting_the_newest_events_meets_an_earlier_receipt():
    events = [event(seq) for seq in range(8)]
    receipt = leaf_of(events[6])
    assert check_log(LOG, events, known_leaf=receipt, known_size=7).holds
    assert codes(check_log(LOG, events[:5], known_leaf=receipt, known_size=7)) == {"truncated"}


def test_a_changed_payload_does_not_open_its_commitment():
    events = log_of(4)
    events[2] = replace(events[2], payload={"duration_ms": 3})
    assert codes(check_log(LOG, events)) == {"wrong_payload"}


def test_an_erased_payload_leaves_every_proof_standing():
    events = log_of(4)
    root = Tree(leaf_of(item) for item in events).root()
    events[2] = replace(events[2], payload=None, salt=None)
    assert check_log(LOG, events, known_root=root).holds
    events[1] = replace(events[1], salt=None)
    assert codes(check_log(LOG, events)) == {"half_erased"}


def test_nothing_follows_a_seal_and_there_is_one_seal():
    assert codes(check_log(LOG, [*log_of(3), event(4)])) == {"after_seal"}
    again = [*log_of(3), event(4, Kind.SEALED, {"size": 4, "root": "0" * 64})]
    assert codes(check_log(LOG, again)) == {"after_seal", "seal_broken"}


def test_another_log_cannot_stand_in():
    other = str(uuid.UUID(int=1))
    assert codes(check_log(LOG, log_of(3, other))) == {"other_log"}


def test_unknown_kinds_and_impossible_payloads_are_named():
    events = [event(0, Kind.PASTED, {"length": -1}), rewritten(event(1), kind="keystroke")]
    assert codes(check_log(LOG, events)) == {"malformed_payload", "unknown_kind"}


@given(st.data())
def test_any_flipped_bit_of_a_header_is_seen(data):
    events = log_of(5)
    root = Tree(leaf_of(item) for item in events).root()
    where = data.draw(st.integers(0, 5))
    raw = bytearray(events[where].header.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    events[where] = replace(events[where], header=raw.decode("utf-8", "replace"))
    assert not check_log(LOG, events, known_root=root).holds


GOOD = Header(LOG, 0, 5, None, Source.SERVER, "consented", "a" * 64, "b-1")


def test_a_header_reads_back_as_it_was_written():
    assert parse_header(GOOD.text()) == GOOD
    assert GOOD.text() == (
        f'{{"batch":"b-1","claimed_at":null,"commitment":"{"a" * 64}","kind":"consented","log":"{LOG}",'
        '"received_at":5,"seq":0,"source":"server","v":1}'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"log": "x"},
        {"seq": -1},
        {"seq": True},
        {"received_at": 1.0},
        {"claimed_at": -1},
        {"kind": "A"},
    ]
    + [
        {"commitment": "zz"},
        {"batch": ""},
        {"batch": "x" * 65},
        {"batch": "a b"},
        {"log": LOG.replace("-", "")},
    ],
    ids=str,
)
def test_a_header_out_of_format_is_not_written(change):
    with pytest.raises(BadHeader):
        replace(GOOD, **change).text()


@pytest.mark.parametrize(
    "text", ["{}", "[]", "", "{", GOOD.text() + " ", GOOD.text().replace("server", "nobody")]
)
def test_a_text_out_of_format_is_not_read(text):
    with pytest.raises(BadHeader):
        parse_header(text)
