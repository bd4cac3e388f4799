"""How long files and functions are, in Python, TypeScript, CSS, HTML and C."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tiny import ROOT

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
ENDINGS = (".py", ".ts", ".js", ".mjs", ".css", ".html", ".c", ".h")
# A TypeScript or C function as our formatting writes one: it begins at some depth and ends at the same depth.
BRACED_START = re.compile(
    r"^(?P<depth> *)(?:export )?(?:default )?(?:async |private |protected |public |static |get |set )*"
    r"(?:function\*? ?(?P<name>\w*)|(?:const|let) (?P<arrow>\w+)[^=]*= (?:async )?\(.*=>|(?P<method>[#\w]+)\(.*\)(?:: [^={]+)?) ?.*\{$"
)
WORDS = {"if", "for", "while", "switch", "catch", "return", "else", "do", "with"}


def tracked(*under: str) -> list[Path]:
    """Files that git tracks, without those of the packs: their code is content, not ours to shape."""
    done = subprocess.run(["git", "ls-files", "-z", *under], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    names = [name for name in done.stdout.split("\0") if name and not name.startswith("packs/")]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def sources() -> list[Path]:
    """Every tracked file in one of the languages that have a limit."""
    return [path for path in tracked() if path.suffix in ENDINGS]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of every function in the file; nothing for CSS and HTML."""
    text = path.read_text()
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
    elif path.suffix in (".ts", ".js", ".mjs"):
        yield from braced(text.splitlines())
    elif path.suffix in (".c", ".h"):
        yield from braced_c(text.splitlines())


def braced(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Functions of a TypeScript file, by their indentation."""
    for number, line in enumerate(lines):
        start = BRACED_START.match(line)
        name = start and (start["name"] or start["arrow"] or start["method"] or "")
        if start and name not in WORDS:
            yield name or f"line {number + 1}", _closing(lines, number, start["depth"]) - number + 1


def braced_c(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Functions of a C file: each begins with a line that ends in `{` at depth 0 and has brackets."""
    for number, line in enumerate(lines):
        start = re.match(r"^[a-z][\w *]*?(\w+)\(.*\{$", line)
        if start:
            yield start[1], _closing(lines, number, "") - number + 1


def _closing(lines: list[str], start: int, depth: str) -> int:
    """The first later line that closes a bracket at the depth of `start`."""
    for number in range(start + 1, len(lines)):
        if re.match(rf"^{depth}\}}", lines[number]):
            return number
    return start
