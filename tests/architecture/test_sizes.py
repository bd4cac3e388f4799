"""No file over 400 lines and no function over 60, unless the reason stands here."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.sizes import (
    MOST_LINES_OF_A_FILE,
    MOST_LINES_OF_A_FUNCTION,
    braced,
    braced_c,
    functions,
    sources,
)
from tests.architecture.tiny import ROOT

LONG_FILES = {
    "migrations/versions/0001_start.py": "written by Alembic: every table at once",
}
LONG_FUNCTIONS = {
    "migrations/versions/0001_start.py:upgrade": "written by Alembic: every table at once",
    "migrations/versions/0001_start.py:downgrade": "written by Alembic: every table at once",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_too_long() -> None:
    long = {_name(path) for path in sources() if len(path.read_text().splitlines()) > MOST_LINES_OF_A_FILE}
    assert long == set(LONG_FILES), "split it, or (a listed one is short by now) take it off the list"


def test_no_function_is_too_long() -> None:
    long = {
        f"{_name(path)}:{name}"
        for path in sources()
        for name, lines in functions(path)
        if lines > MOST_LINES_OF_A_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS), "split it, or (a listed one is short by now) take it off the list"


def test_the_functions_of_every_language_are_seen() -> None:
    seen: dict[str, int] = {}
    for path in sources():
        seen[path.suffix] = seen.get(path.suffix, 0) + len(list(functions(path)))
    assert seen[".py"] > 1500
    assert seen[".ts"] > 300
    assert seen[".c"] > 20


def test_planted_long_functions_are_measured() -> None:
    body = ["  work();"] * 70
    assert dict(braced(["export async function long(a: number): Promise<void> {", *body, "}"])) == {"long": 72}
    assert dict(braced(["class X {", "  private long(a: number): void {", *["  " + b for b in body], "  }", "}"])) == {"long": 72}
    assert dict(braced(["const long = (a: number): void => {", *body, "};", "if (x) {", "}"])) == {"long": 72}
    assert dict(braced_c(["static int long_one(int a, char *b) {", *body, "}"])) == {"long_one": 72}
