"""Payloads fit their kind or are refused; manifests say the same to the ledger, the browser and the reader."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.commitment import commitment, new_salt, opens
from evidence.fields import BadPayload
from evidence.header import Source
from evidence.kinds import KINDS, Kind, always_kinds, check_payload, declarable_kinds, known_kind, late
from evidence.manifest import (
    ALWAYS_SENTENCES,
    DEFAULT_WHY,
    SENTENCES,
    BadManifest,
    default_manifest,
    parse_manifest,
)

ID = str(uuid.UUID(int=7))


def test_every_kind_has_a_sentence_and_every_declarable_one_a_reason():
    assert set(SENTENCES) == set(declarable_kinds()) == set(DEFAULT_WHY)
    assert set(ALWAYS_SENTENCES) == set(always_kinds())
    assert set(KINDS) == set(Kind)


def test_a_browser_may_report_only_what_a_manifest_must_declare():
    for rule in KINDS.values():
        if Source.BROWSER in rule.sources:
            assert rule.declared
            assert rule.work


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Kind.PASTED, {"length": 500, "file": "f1", "trusted": True}),
        (Kind.AWAY, {"duration_ms": 0}),
        (Kind.RAN, {"run": ID, "purpose": "tests", "state": "finished", "passed": 1, "total": 2}),
        (Kind.ADJUSTED, {"seconds": -30, "reason": "outage"}),
        (Kind.RECEIVED_LATE, late(Kind.PASTED, {"length": 3})),
    ],
)
def test_good_payloads(kind, payload):
    assert check_payload(kind, payload) == payload


@pytest.mark.parametrize(
    ("kind", "payload", "named"),
    [
        (Kind.PASTED, {}, "length"),
        (Kind.PASTED, {"length": True}, "length"),
        (Kind.PASTED, {"length": 1.0}, "length"),
        (Kind.PASTED, {"length": -1}, "length"),
        (Kind.PASTED, {"length": 2**53}, "length"),
        (Kind.PASTED, {"length": 1, "text": "secret"}, "text"),
        (Kind.PASTED, {"length": 1, "trusted": 1}, "trusted"),
        (Kind.PASTED, {"length": 1, "file": "a\nb"}, "file"),
        (Kind.PASTED, {"length": 1, "file": "\ud800"}, "file"),
        (Kind.PASTED, {"length": 1, "file": "x" * 65}, "file"),
        (Kind.PASTED, [], "object"),
        (Kind.ADJUSTED, {"seconds": 1, "reason": "mercy"}, "reason"),
        (Kind.ADJUSTED, {"seconds": 1, "reason": ["staff"]}, "reason"),
        (Kind.RAN, {"run": "7", "purpose": "x", "state": "x"}, "run"),
        (Kind.RAN, {"run": ID.upper() + "a", "purpose": "x", "state": "x"}, "run"),
        (Kind.SEALED, {"size": 1, "root": "AB" * 32}, "root"),
        (Kind.RECEIVED_LATE, {"kind": "submitted", "payload": {}}, "kind"),
        (Kind.RECEIVED_LATE, {"kind": ["pasted"], "payload": {}}, "kind"),
        (Kind.RECEIVED_LATE, {"kind": "pasted"}, "late"),
        (Kind.RECEIVED_LATE, late(Kind.RECEIVED_LATE, late(Kind.PASTED, {"length": 1})), "kind"),
    ],
)
def test_bad_payloads_name_the_field(kind, payload, named):
    with pytest.raises(BadPayload, match=named):
        check_payload(kind, payload)


def test_unknown_kinds():
    assert known_kind("keystroke") is None
    assert known_kind(["away"]) is None
    assert known_kind("away") is Kind.AWAY


def test_a_manifest_decides_disclosure_and_capture_alike():
    value = {"version": 1, "kinds": [{"kind": "away", "why": "Explains pauses.", "keep_days": 30}]}
    manifest = parse_manifest(value)
    assert manifest.value() == value
    assert [line.kind for line in manifest.disclosures()] == [Kind.AWAY]
    assert manifest.captured_in_browser() == ["away"]
    assert manifest.declares(Kind.AWAY)
    assert not manifest.declares(Kind.PASTED)
    assert manifest.declares(Kind.SUBMITTED)
    assert manifest.hash() != default_manifest().hash()
    assert parse_manifest(default_manifest().value()) == default_manifest()


def entry(**changes):
    return {"version": 1, "kinds": [{"kind": "away", "why": "x", "keep_days": 30, **changes}]}


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, "manifest"),
        ({"version": 1}, "manifest"),
        ({"version": 2, "kinds": []}, "version"),
        ({"version": True, "kinds": []}, "version"),
        ({"version": 1, "kinds": {}}, "kinds"),
        ({"version": 1, "kinds": [{}] * 99}, "kinds"),
        ({"version": 1, "kinds": [7]}, "kinds.0"),
        (entry(kind="keystroke"), "kinds.0.kind"),
        (entry(kind="submitted"), "kinds.0.kind"),
        (entry(kind={}), "kinds.0.kind"),
        (entry(why=""), "kinds.0.why"),
        (entry(why="x" * 301), "kinds.0.why"),
        (entry(keep_days=0), "kinds.0.keep_days"),
        (entry(keep_days=1.5), "kinds.0.keep_days"),
        (entry(extra=1), "kinds.0"),
        ({"version": 1, "kinds": entry()["kinds"] * 2}, "kinds.1.kind"),
    ],
)
def test_bad_manifests_name_the_field(value, field):
    with pytest.raises(BadManifest) as caught:
        parse_manifest(value)
    assert caught.value.field == field


@given(st.dictionaries(st.text("abc"), st.integers(0, 5)))
def test_a_commitment_opens_only_with_its_own_salt_and_payload(payload):
    salt = new_salt()
    made = commitment(salt, payload)
    assert opens(made, salt, payload)
    assert not opens(made, new_salt(), payload)
    assert not opens(made, salt, {**payload, "z": 1})
    assert not opens(made, salt[:-1], payload)
    assert not opens(made, salt, {"z": 0.5})
