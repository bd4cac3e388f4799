"""What the code itself says it has: error codes, socket events, evidence kinds, rate limits. Read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tiny import ROOT

PACKAGES = ("core", "evidence", "server", "portal", "interviewer", "jobs")
EVENT = re.compile(r"^[a-z][a-z_]*\.[a-z][a-z_]*$")
CODE = re.compile(r"^[a-z][a-z_]*$")
SAYS_EVENT = {"on", "hint", "hint_now", "_hint", "tell", "emit"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the application."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def error_codes() -> set[str]:
    """Codes of the error classes, those given to one error, and those that the web adds (``_problem(400, "csrf", …)``)."""
    found: set[str] = set()
    for _path, tree in trees():
        for node in ast.walk(tree):
            found |= {code for code in _codes(node) if CODE.match(code)}
    return found


def _codes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ClassDef(bases=[_, *_], body=body):
            for line in body:
                match line:
                    case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))):
                        yield code
        case ast.Call(func=ast.Name(id="_problem"), args=[_, ast.Constant(value=str(code)), *_]):
            yield code
        case ast.Call(func=ast.Name(id="BadTree"), args=[ast.Constant(value=str(code)), *_]):  # becomes UpdateRefused
            yield code
        case ast.Call(keywords=keywords):
            for keyword in keywords:
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                    yield keyword.value.value


def python_events() -> set[str]:
    """Names of socket events that Python sends or takes."""
    found: set[str] = set()
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in SAYS_EVENT:
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str) and EVENT.match(a.value)}
    return found


def browser_events() -> set[str]:
    """Names of socket events in scripts and in `data-live-event` of templates."""
    found: set[str] = set()
    for path in (ROOT / "frontend").rglob("*.ts"):
        text = path.read_text()
        quoted = set(re.findall(r"'([a-z_]+\.[a-z_]+)'", text))
        within_the_page = set(re.findall(r"(?:CustomEvent|document\.addEventListener)\('([^']+)'", text))
        found |= {name for name in quoted - within_the_page if name.split(".")[0] in NOUNS}
    for path in ROOT.glob("*/templates/**/*.html"):
        for value in re.findall(r'data-hints="([^"{]+)"', path.read_text()):
            found |= {name for name in re.split(r"[\s,]+", value) if EVENT.match(name)}
    return found


NOUNS = {"room", "doc", "evidence", "attempt", "run", "proof", "grade", "submission", "mail", "sandbox", "import", "assessment"}


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
