"""A named result of a test run, and the bounds on reading many."""

from dataclasses import dataclass

MAX_RESULT_BYTES = 2 * 1024 * 1024
MAX_RESULTS = 5_000
MAX_NAME = 300
MAX_MESSAGE = 2_000


@dataclass(frozen=True, slots=True)
class NamedResult:
    """`name` is the whole name (class.name, or parents joined by " > "), `short` the last part.

    A skipped test is not `ok`: nothing was shown.
    """

    name: str
    short: str
    ok: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class ReadResults:
    """`fault` is "" when the file was whole; results read before a fault are kept."""

    results: tuple[NamedResult, ...]
    fault: str = ""


def clean(text: str, longest: int) -> str:
    """At most `longest` signs without control characters but line ends and tabs."""
    kept = "".join(sign for sign in text[: longest * 2] if sign.isprintable() or sign in "\n\t")
    return kept.strip()[:longest]
