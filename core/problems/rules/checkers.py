"""Comparing a program's output with the expected one. Linear, lazy, safe for hostile output.

exact      the same bytes; one missing or extra line end at the very end is forgiven
tokens     the same words, whatever the white space between them
floats     like tokens, but numbers may differ by the absolute or the relative tolerance
unordered  the same lines in any order; spaces at a line's end and empty lines at the end do not count
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from core.problems.rules.kinds import CheckerKind
from core.problems.rules.pack import Checker
from core.problems.rules.texts import NUMBER, excerpt, lines_of, tokens_of

# No traps: a hostile 1e999999 becomes infinity, never an exception.
_ARITHMETIC = Context(prec=60, traps=[])


class DifferenceCode(StrEnum):
    """What differs first; doors translate by this code."""

    BYTES = "bytes_differ"
    TOKEN = "token_differs"  # noqa: S105  (a word of the output, no secret)
    NUMBER = "number_differs"
    LINE_UNEXPECTED = "line_unexpected"
    LINE_MISSING = "line_missing"
    ENDED_EARLY = "ended_early"
    TOO_MUCH = "too_much"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference: `line` from 1, of the actual output; both texts cut to a short excerpt."""

    code: DifferenceCode
    line: int
    expected: str
    actual: str

    def __str__(self) -> str:
        match self.code:
            case DifferenceCode.ENDED_EARLY:
                return f"The output ends at line {self.line}; expected next: {self.expected}"
            case DifferenceCode.TOO_MUCH:
                return f"Line {self.line}: the output should have ended, but goes on with {self.actual}"
            case DifferenceCode.LINE_MISSING:
                return f"This line is missing: {self.expected}"
            case DifferenceCode.LINE_UNEXPECTED:
                return f"Line {self.line} is not expected, or stands too often: {self.actual}"
        return f"Line {self.line}: expected {self.expected}, got {self.actual}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` is None exactly when `ok`."""

    ok: bool
    difference: Difference | None = None


SAME = Comparison(True)


def _differs(code: DifferenceCode, line: int, expected: bytes, actual: bytes) -> Comparison:
    return Comparison(False, Difference(code, line, excerpt(expected), excerpt(actual)))


def check(checker: Checker, expected: bytes, actual: bytes) -> Comparison:
    """Compares `actual` with `expected` in the checker's way."""
    match checker.kind:
        case CheckerKind.EXACT:
            return _exact(expected, actual)
        case CheckerKind.UNORDERED:
            return _unordered(expected, actual)
    return _tokens(checker, expected, actual)


def _exact(expected: bytes, actual: bytes) -> Comparison:
    if expected == actual or expected.removesuffix(b"\n") == actual.removesuffix(b"\n"):
        return SAME
    theirs = lines_of(actual)
    line = 0
    for line, wanted in enumerate(lines_of(expected), 1):
        got = next(theirs, None)
        if got is None:
            return _differs(DifferenceCode.ENDED_EARLY, line, wanted, b"")
        if got != wanted:
            return _differs(DifferenceCode.BYTES, line, wanted, got)
    return _differs(DifferenceCode.TOO_MUCH, line + 1, b"", next(theirs, b"\n"))


def _tokens(checker: Checker, expected: bytes, actual: bytes) -> Comparison:
    theirs = tokens_of(actual)
    for wanted, _ in tokens_of(expected):
        got, at = next(theirs, (None, len(actual)))
        if got is None:
            line = actual.rstrip().count(b"\n") + 1
            return _differs(DifferenceCode.ENDED_EARLY, line, wanted, b"")
        if got == wanted:
            continue
        numeric = checker.kind is CheckerKind.FLOATS and NUMBER.fullmatch(wanted) is not None
        if not numeric or not _close(checker, wanted, got):
            code = DifferenceCode.NUMBER if numeric else DifferenceCode.TOKEN
            return _differs(code, actual.count(b"\n", 0, at) + 1, wanted, got)
    extra, at = next(theirs, (None, 0))
    if extra is not None:
        return _differs(DifferenceCode.TOO_MUCH, actual.count(b"\n", 0, at) + 1, b"", extra)
    return SAME


def _close(checker: Checker, wanted: bytes, got: bytes) -> bool:
    if not NUMBER.fullmatch(got):
        return False
    a, b = Decimal(wanted.decode()), Decimal(got.decode())
    gap = _ARITHMETIC.abs(_ARITHMETIC.subtract(a, b))
    allowed = max(checker.absolute, _ARITHMETIC.multiply(checker.relative, _ARITHMETIC.abs(a)))
    return gap.is_finite() and gap <= allowed


def _unordered(expected: bytes, actual: bytes) -> Comparison:
    left = Counter(line.rstrip() for line in lines_of(expected.rstrip()))
    # The answer ends at its last sign: whatever white space follows is one fast rstrip away.
    for number, line in enumerate(lines_of(actual.rstrip()), 1):
        got = line.rstrip()
        if not left[got]:
            return _differs(DifferenceCode.LINE_UNEXPECTED, number, b"", got)
        left[got] -= 1
    for line, times in left.items():
        if times:
            return _differs(DifferenceCode.LINE_MISSING, 0, line, b"")
    return SAME
