"""The four checkers: what counts as the same, what is said about the first difference."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems.rules.checkers import Comparison, DifferenceCode, check
from core.problems.rules.kinds import CheckerKind
from core.problems.rules.pack import Checker
from core.problems.rules.texts import excerpt

EXACT = Checker(CheckerKind.EXACT)
TOKENS = Checker(CheckerKind.TOKENS)
UNORDERED = Checker(CheckerKind.UNORDERED)
FLOATS = Checker(CheckerKind.FLOATS, Decimal("0.001"), Decimal("1e-6"))
ALL = [EXACT, TOKENS, UNORDERED, FLOATS]

words = st.lists(st.binary(min_size=1, max_size=8).filter(lambda b: not b.isspace() and b.split() == [b]))
lines = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12))


def code(comparison: Comparison) -> DifferenceCode | None:
    return comparison.difference.code if comparison.difference else None


@pytest.mark.parametrize("checker", ALL)
@given(data=st.binary())
def test_an_output_equals_itself(checker: Checker, data: bytes) -> None:
    assert check(checker, data, data).ok


@pytest.mark.parametrize("checker", ALL)
@given(left=st.binary(), right=st.binary())
def test_ok_and_difference_exclude_each_other(checker: Checker, left: bytes, right: bytes) -> None:
    comparison = check(checker, left, right)
    assert comparison.ok == (comparison.difference is None)
    if comparison.difference:
        assert str(comparison.difference).isprintable()
        assert len(str(comparison.difference)) < 300


@given(left=st.binary(), right=st.binary())
def test_tokens_agree_with_split(left: bytes, right: bytes) -> None:
    assert check(TOKENS, left, right).ok == (left.split() == right.split())


@given(words=words, gaps=st.randoms())
def test_tokens_ignore_white_space(words: list[bytes], gaps: object) -> None:
    assert check(TOKENS, b" ".join(words), b"\n\t ".join(words) + b"\n").ok


@given(lines=lines, seed=st.randoms(use_true_random=False))
def test_unordered_takes_any_order(lines: list[str], seed: object) -> None:
    kept = [line.rstrip() for line in lines if line.rstrip()]
    mixed = kept.copy()
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    left, right = "\n".join(kept).encode(), "\n".join(mixed).encode() + b"\n\n"
    assert check(UNORDERED, left, right).ok
    assert not check(UNORDERED, left, right + b"one-more-line").ok
    if kept:
        assert not check(UNORDERED, left, b"\n".join(line.encode() for line in mixed[1:])).ok


@given(value=st.decimals(-(10**6), 10**6, places=6), shift=st.decimals(-1, 1, places=6))
def test_floats_hold_the_tolerance(value: Decimal, shift: Decimal) -> None:
    got = value + shift
    allowed = max(Decimal("0.001"), Decimal("1e-6") * abs(value))
    assert check(FLOATS, str(value).encode(), str(got).encode()).ok == (abs(shift) <= allowed)


@pytest.mark.parametrize(
    ("checker", "expected", "actual", "ok"),
    [
        (EXACT, b"a\n", b"a", True),
        (EXACT, b"a", b"a\n", True),
        (EXACT, b"a\n", b"a\n\n", False),
        (EXACT, b"a b", b"a  b", False),
        (EXACT, b"a\n", b"a\r\n", False),
        (TOKENS, b"a b\n", b"a\r\nb", True),
        (TOKENS, b"a b", b"ab", False),
        (TOKENS, b"", b" \n ", True),
        (FLOATS, b"1.0", b"1", True),
        (FLOATS, b"nan", b"nan", True),
        (FLOATS, b"1", b"nan", False),
        (FLOATS, b"1", b"inf", False),
        (FLOATS, b"1", b"1e999999", False),
        (FLOATS, b"1e999999", b"1", False),
        (FLOATS, b"0", b"1e-999999", True),
        (FLOATS, b"1000000000", b"1000000500", True),
        (FLOATS, b"total 1.5", b"total 1.5004", True),
        (FLOATS, b"total 1.5", b"sum 1.5", False),
        (FLOATS, b"1", b"1" * 5000, False),
        (UNORDERED, b"b\na\n", b"a \nb", True),
        (UNORDERED, b"a\na\n", b"a\n", False),
        (UNORDERED, b"a\n", b"a\na\n", False),
    ],
)
def test_table(checker: Checker, expected: bytes, actual: bytes, ok: bool) -> None:
    assert check(checker, expected, actual).ok is ok


def test_the_first_difference_is_told() -> None:
    difference = check(TOKENS, b"1 2\n3 4\n5 6\n", b"1 2\n3 9\n7 8\n").difference
    assert difference is not None
    assert str(difference) == "Line 2: expected 4, got 9"
    assert (
        str(check(TOKENS, b"1 2\n3\n", b"1 2\n").difference) == "The output ends at line 1; expected next: 3"
    )
    told = str(check(TOKENS, b"1\n", b"1\n\n2\n").difference)
    assert told == "Line 3: the output should have ended, but goes on with 2"
    assert code(check(EXACT, b"a\nb\n", b"a\n")) is DifferenceCode.ENDED_EARLY
    assert code(check(EXACT, b"a\n", b"a\nb\n")) is DifferenceCode.TOO_MUCH
    assert code(check(EXACT, b"a\n", b"a\n\n")) is DifferenceCode.TOO_MUCH
    assert str(check(UNORDERED, b"a\nb\n", b"b\n").difference) == "This line is missing: a"
    assert str(check(UNORDERED, b"a\n", b"c\n").difference).startswith("Line 1 is not expected")


def test_excerpts_are_safe_to_show() -> None:
    assert excerpt(b"\x1b[31mred\x00") == "\\x1b[31mred\\x00"
    assert excerpt(b"\xff\xfe") == "\\xff\\xfe"
    assert excerpt("\u202egnp".encode()) == "\\u202egnp"
    assert len(excerpt(b"x" * 10**6)) == 80


@pytest.mark.parametrize("checker", ALL)
@pytest.mark.parametrize(
    "flood",
    [b"x" * 8_000_000, b"\n" * 8_000_000, b"1 " * 4_000_000, b"1\n" * 4_000_000, b"\x00" * 8_000_000],
    ids=["word", "lines", "words", "numbers", "zeros"],
)
def test_a_flood_is_refused_at_once(checker: Checker, flood: bytes) -> None:
    started = time.process_time()
    assert not check(checker, b"1 2 3\n", flood).ok
    assert time.process_time() - started < 1.0
