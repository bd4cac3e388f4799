"""A body survives JSON, is read strictly, and every fault of a draft names its field and cure."""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assessments.rules.body import (
    Body,
    Contact,
    Task,
    TimeRule,
    Window,
    body_from_json,
    body_to_json,
)
from core.assessments.rules.body_check import title_faults, validate_body
from core.assessments.rules.manifests import NEEDED_KINDS, OPTIONAL_KINDS, make_manifest
from core.assessments.rules.rubrics import TEMPLATES, TITLES
from core.base.errors import Invalid
from evidence.kinds import Kind, declarable_kinds
from evidence.manifest import Entry, Manifest, parse_manifest
from tests.core.assessments.bodies import OFFERED, PACK, good_body

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def test_a_good_body_has_no_faults_and_survives_json() -> None:
    body = replace(good_body(), window=Window(NOON, NOON + dt.timedelta(days=3)))
    assert validate_body(body, OFFERED) == {}
    assert body_from_json(body_to_json(body)) == body


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_shipped_rubrics_can_be_used_as_they_are(name: str) -> None:
    assert validate_body(replace(good_body(), rubric=TEMPLATES[name]), OFFERED) == {}
    assert TITLES[name]
    assert body_from_json(body_to_json(replace(good_body(), rubric=TEMPLATES[name]))).rubric == TEMPLATES[name]


def change(body: Body, **parts: Any) -> Body:
    return replace(body, **parts)


def rubric_with(**parts: Any) -> Any:
    rubric = good_body().rubric
    return replace(rubric, dimensions=(replace(rubric.dimensions[0], **parts), *rubric.dimensions[1:]))


@pytest.mark.parametrize(
    ("parts", "field", "words"),
    [
        ({"tasks": ()}, "tasks", "at least one task"),
        ({"tasks": tuple(Task(uuid.UUID(int=n), ()) for n in range(6))}, "tasks", "at most 5"),
        ({"tasks": (Task(PACK, ("python",)),) * 2}, "tasks", "twice"),
        ({"tasks": (Task(uuid.UUID(int=9), ("python",)),)}, "tasks", "not proven yet"),
        ({"tasks": (Task(PACK, ()),)}, "tasks", "at least one language"),
        ({"tasks": (Task(PACK, ("cobol",)),)}, "tasks", "not proven in cobol"),
        ({"rubric": rubric_with(weight=31)}, "rubric", "add up to 101"),
        ({"rubric": rubric_with(weight=0)}, "rubric.dimensions.0.weight", "1 to 100"),
        ({"rubric": rubric_with(title=" ")}, "rubric.dimensions.0.title", "Name this"),
        ({"rubric": rubric_with(title="Judgement and risk")}, "rubric.dimensions.3.title", "twice"),
        ({"rubric": rubric_with(anchors=("", "b", "c", "d", "e"))}, "rubric.dimensions.0.anchors.1", "looks like"),
        ({"rubric": rubric_with(anchors=("a",))}, "rubric.dimensions.0.anchors", "five levels"),
        ({"rubric": rubric_with(key="change")}, "rubric", "share a key"),
        ({"time": TimeRule(4, good_body().time.policy)}, "time.limit_minutes", "5 to 480"),
        ({"time": TimeRule(481, good_body().time.policy)}, "time.limit_minutes", "5 to 480"),
        ({"window": Window(NOON, NOON)}, "window.closes_at", "before the beginning"),
        ({"manifest": Manifest(make_manifest().kinds[1:])}, "manifest", "edited"),
        ({"manifest": Manifest(make_manifest().kinds * 2)}, "manifest", "twice"),
        ({"manifest": make_manifest(keep_days=0)}, "manifest.kinds.0.keep_days", "1 to 3650"),
        ({"manifest": make_manifest(why={Kind.EDITED: " "})}, "manifest.kinds.0.why", "why"),
        ({"manifest": Manifest((Entry(Kind.SEALED, "w", 9),))}, "manifest.kinds.0", "in any case"),
        ({"follow_ups": good_body().follow_ups * 11}, "follow_ups", "at most 10"),
        ({"contact": Contact("", "priya@harbourline.example")}, "contact.name", "whom"),
        ({"contact": Contact("Priya", "priya")}, "contact.email", "name@example.org"),
        ({"role_title": ""}, "role_title", "role"),
        ({"role_title": "x" * 121}, "role_title", "121 characters"),
        ({"intro": "a\x00b"}, "intro", "control"),
    ],
)
def test_each_fault_names_its_field_and_cure(parts: dict[str, Any], field: str, words: str) -> None:
    faults = validate_body(change(good_body(), **parts), OFFERED)
    assert any(words in fault.text % fault.params for fault in faults[field]), faults


def test_a_short_window_is_for_starting_and_may_be_shorter_than_the_work() -> None:
    window = Window(NOON, NOON + dt.timedelta(minutes=30))
    assert validate_body(replace(good_body(), window=window), OFFERED) == {}


def test_the_title_is_one_short_line() -> None:
    assert title_faults("Stop the double payouts") == {}
    assert all(title_faults(bad) for bad in ("", "  ", "a\nb", "x" * 121))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


STORED = body_to_json(replace(good_body(), window=Window(NOON, None)))
HOSTILE = st.sampled_from([None, 1.5, -1, 10**9, "x" * 20_000, [], {}, ["a"] * 99, {"a": 1}, object(), True])


@given(st.sampled_from(places(STORED)), HOSTILE)
def test_reading_refuses_what_does_not_fit_and_nothing_else(place: tuple[Any, ...], value: Any) -> None:
    stored: Any = copy.deepcopy(STORED)
    if place:
        inside = stored
        for key in place[:-1]:
            inside = inside[key]
        inside[place[-1]] = value
    else:
        stored = value
    try:
        body = body_from_json(stored)
    except Invalid:
        return
    assert body_to_json(body) == stored


def test_reading_refuses_unknown_and_missing_fields() -> None:
    for stored in ({**STORED, "more": 1}, {k: v for k, v in STORED.items() if k != "time"}):
        with pytest.raises(Invalid):
            body_from_json(stored)


def test_a_moment_without_offset_is_refused() -> None:
    stored = {**STORED, "window": {"opens_at": "2026-11-21T12:00:00", "closes_at": None}}
    with pytest.raises(Invalid) as refused:
        body_from_json(stored)
    assert list(refused.value.fields) == ["window.opens_at"]


def test_a_manifest_holds_what_is_needed_and_what_was_chosen() -> None:
    assert set(NEEDED_KINDS) | set(OPTIONAL_KINDS) == set(declarable_kinds())
    chosen = [make_manifest(), make_manifest(keep_days=30), make_manifest(()), make_manifest({Kind.AWAY})]
    assert len({manifest.hash() for manifest in chosen}) == 4
    assert [entry.kind for entry in chosen[2].kinds] == list(NEEDED_KINDS)
    assert all(parse_manifest(manifest.value()) == manifest for manifest in chosen)
