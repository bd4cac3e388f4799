"""RFC 8785 vectors, and what has no canonical form is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonical, canonical, parse_canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def test_the_rfc_sorts_by_utf16_code_units():
    value = json.loads(
        r"""{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
        "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"""
    )
    names = list(json.loads(canonical(value)).values())
    assert names == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_the_rfc_escapes_its_sample_string():
    value = json.loads(
        r'{"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
    )
    assert canonical(value) == rb'{"literals":[null,true,false],"string":"' + (
        '€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, -0]}, b'{"a":[true,null,0],"b":1}'),
        ("\b\t\n\f\r\x1f\x7f\u2028", '"\\b\\t\\n\\f\\r\\u001f\x7f\u2028"'.encode()),
        (MAX_INTEGER, b"9007199254740991"),
        ({}, b"{}"),
        ([], b"[]"),
    ],
)
def test_small_vectors(value, text):
    assert canonical(value) == text
    assert parse_canonical(text) == value


def deep(levels):
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        {1: "x"},
        {"a": b""},
        "\ud800",
        {"\udfff": 1},
        {1.5},
    ]
    + [deep(MAX_DEPTH + 1), deep(5000), "x" * 300_000, [0] * 300_000],
    ids=lambda value: str(type(value).__name__),
)
def test_refuses(value):
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        "1.0",
        "1e3",
        "-0",
        "NaN",
        '"\\u0041"',
        '"\\/"',
        "[1,]",
        "",
        "01",
    ]
    + ["\ufeff1", '"\\ud800"', "9" * 5000, "[" * 100_000, "1 "],
    ids=lambda text: text[:8].encode("unicode_escape").decode(),
)
def test_reading_takes_only_the_canonical_text(text):
    with pytest.raises(NotCanonical):
        parse_canonical(text)


def test_reading_refuses_bytes_that_are_not_utf8():
    with pytest.raises(NotCanonical):
        parse_canonical(b'"\xff"')


@given(VALUES)
def test_writing_and_reading_agree(value):
    text = canonical(value)
    assert parse_canonical(text) == value
    assert json.loads(text) == value


@given(st.dictionaries(TEXTS, st.integers(0, 9), max_size=6))
def test_the_order_of_insertion_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)
