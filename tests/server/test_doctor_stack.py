"""`proofroom doctor` beside a whole running stack: all is well, then one part after the other is not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from runtime.embedded import temporary_state
from runtime.process import children_of
from tests.runtime.harness import ROOT, wait_for
from tests.stack import Stack, running_stack

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack for the tests of this module."""
    with temporary_state() as state, running_stack(state) as found:
        yield found


def examine(stack: Stack) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit code, and state and text of each check."""
    argv = [sys.executable, str(ROOT / "cli.py"), "doctor", "--json"]
    done = subprocess.run(argv, env={**os.environ, **stack.environment}, capture_output=True, text=True, timeout=120)
    return done.returncode, {c["name"]: (c["state"], c["found"]) for c in json.loads(done.stdout)["checks"]}


def failed(stack: Stack) -> set[str]:
    return {name for name, (state, _found) in examine(stack)[1].items() if state == "fail"}


def test_all_is_well_once_the_sandbox_is_ready(stack: Stack) -> None:
    wait_for(lambda: not failed(stack), 150, lambda: str(examine(stack)))
    code, found = examine(stack)
    assert code == 0
    assert {name for name, (state, _) in found.items() if state == "ok"} >= {
        "database", "encoding", "schema", "redis", "persistence", "queue run", "queue grade", "queue prove",
        "queue default", "outbox", "timetable", "clock", "public url",
    }  # fmt: skip
    assert "honest run took" in found["language python"][1]


def test_a_timetable_that_hangs_is_named(stack: Stack) -> None:
    crew = children_of(stack.pid("workers"))  # the timetable is one of them; a worker counts as lost only later
    for pid in crew:
        os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: failed(stack) == {"timetable"}, 60, lambda: str(examine(stack)))
    finally:
        for pid in crew:
            os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not failed(stack), 30, lambda: str(examine(stack)))


def test_a_sandbox_that_hangs_is_named_and_waited_for_in_vain_only_briefly(stack: Stack) -> None:
    sandboxd = stack.pid("sandboxd")
    os.kill(sandboxd, signal.SIGSTOP)
    try:
        assert "sandbox" in failed(stack)
    finally:
        os.kill(sandboxd, signal.SIGCONT)


def test_a_web_part_that_hangs_is_named(stack: Stack) -> None:
    web = children_of(stack.pid("web"))  # gunicorn's worker
    for pid in web:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert "public url" in failed(stack)
    finally:
        for pid in web:
            os.kill(pid, signal.SIGCONT)
