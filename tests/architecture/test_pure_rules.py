"""Rules are functions of their arguments: no clock, no chance, no files, no environment in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tiny import ROOT

CALLS = {"now", "utcnow", "today", "utc_now", "monotonic", "perf_counter", "time_ns", "sleep", "uuid1", "uuid4", "uuid7", "urandom"}
FORBIDDEN_MODULES = {"time", "random", "secrets", "os", "subprocess", "socket", "threading", "tempfile", "logging"}
BUILT_IN_CALLS = {"open", "print", "input", "exec", "eval"}  # as names: a zip in memory has a method open

EXCEPTIONS = {"evidence/commitment.py": ["line 7: imports os", "line 18: calls urandom()"]}  # new_salt: chance is what it is for


def rule_files() -> list[Path]:
    core = ROOT / "core"
    return sorted([*core.glob("*/rules.py"), *core.glob("*/rules/**/*.py"), *(ROOT / "evidence").glob("*.py")])


def impurities(source: str) -> Iterator[str]:
    """Each place where the outcome would depend on something that is no argument."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in CALLS:
                yield f"line {node.lineno}: calls {name}()"
            case ast.Call(func=ast.Name(id=name)) if name in BUILT_IN_CALLS:
                yield f"line {node.lineno}: calls {name}()"
            case ast.Import(names=names):
                yield from (f"line {node.lineno}: imports {n.name}" for n in names if _root(n.name) in FORBIDDEN_MODULES)
            case ast.ImportFrom(module=str(module), level=0) if _root(module) in FORBIDDEN_MODULES:
                yield f"line {node.lineno}: imports {module}"


def _root(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize(
    "fault",
    ["import datetime as dt\ndef late(end): return dt.datetime.now(dt.UTC) > end", "import time", "from random import choice",
     "from core.base.clock import utc_now\ndef late(end): return utc_now() > end", "def read(path): return open(path)",
     "import os.path", "import uuid\ndef make(): return uuid.uuid4()", "from datetime import date\nTODAY = date.today()"],
)  # fmt: skip
def test_a_planted_fault_is_found(fault: str) -> None:
    assert list(impurities(fault))


def test_what_takes_its_moment_as_an_argument_is_pure() -> None:
    assert not list(impurities("def late(now, end):\n    return now > end"))


def test_there_are_rules_to_look_at() -> None:
    assert len(rule_files()) > 25


@pytest.mark.parametrize("path", rule_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_rules_are_functions_of_their_arguments(path: Path) -> None:
    assert list(impurities(path.read_text())) == EXCEPTIONS.get(str(path.relative_to(ROOT)), [])
