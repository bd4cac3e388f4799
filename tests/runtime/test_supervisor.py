"""The tree as a whole, with toy parts: order, crashes, stops, kills."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime.harness import Tree, dead, wait_for

pytestmark = pytest.mark.stack
Start = Callable[..., Tree]
TREE = ("-m", "tests.runtime.tree")


def running(start: Start, state: Path) -> Tree:
    tree = start(*TREE, str(state))
    tree.expect("all ready")
    return tree


def test_a_stage_waits_for_the_readiness_of_the_one_before(start: Start, state: Path) -> None:
    running(start, state)
    assert (state / "order").read_text().split("\n")[:4] == [
        "first started",
        "first ready",
        "second started",
        "second ready",
    ]


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_leaves_nothing(start: Start, state: Path, sig: int) -> None:
    tree = running(start, state)
    assert len(tree.alive()) == 6  # guard, supervisor, two toys, two grandchildren
    tree.process.send_signal(sig)
    assert tree.process.wait(10) == 0
    tree.gone(1)
    tree.expect("all stopped")


def test_ctrl_c_reaches_the_supervisor_once(start: Start, state: Path) -> None:
    """The terminal signals the whole group: parts must still get their grace."""
    tree = running(start, state)
    os.killpg(tree.process.pid, signal.SIGINT)
    tree.process.send_signal(signal.SIGINT)  # as timeout(1) does
    assert tree.process.wait(10) == 0
    assert "killed: it did not end when asked" not in tree.story


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_killed_part_comes_back_and_its_grandchild_is_gone(start: Start, state: Path, name: str) -> None:
    tree = running(start, state)
    part = tree.part(name)
    before, seen = set(tree.alive()), len(tree.lines)
    os.kill(part, signal.SIGKILL)
    tree.expect(f"{name:<10} | ended by itself (killed by SIGKILL); starting again in 0.5 s", after=seen)
    tree.expect(f"{name:<10} | ready", after=seen)
    wait_for(lambda: len(tree.alive()) == 6, 5, lambda: tree.story)
    assert len(before - set(tree.alive())) == 2  # the part and its grandchild; nobody else was touched
    assert tree.part(name) != part


def test_the_supervisor_killed_nothing_is_left(start: Start, state: Path) -> None:
    tree = running(start, state)
    os.kill(tree.supervisor, signal.SIGKILL)
    assert tree.process.wait(10) == 128 + signal.SIGKILL
    tree.gone(1)


def test_the_guard_killed_nothing_is_left(start: Start, state: Path) -> None:
    tree = running(start, state)
    os.kill(tree.process.pid, signal.SIGKILL)
    tree.gone(10)


def under_make(start: Start, state: Path) -> Tree:
    """The tree as `make run` has it: the recipe's `exec` makes make the guard's parent."""
    makefile = state / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} -m tests.runtime.tree {state}\n")
    tree = start("-f", str(makefile), "run", program="make")
    tree.expect("all ready")
    return tree


def test_make_killed_nothing_is_left(start: Start, state: Path) -> None:
    tree = under_make(start, state)
    os.kill(tree.process.pid, signal.SIGKILL)
    tree.gone(10)


@pytest.mark.parametrize("way", ["ctrl-c", "term to make"])
def test_make_stopped_nothing_is_left(start: Start, state: Path, way: str) -> None:
    tree = under_make(start, state)
    if way == "ctrl-c":
        os.killpg(tree.process.pid, signal.SIGINT)
    else:
        tree.process.terminate()
    tree.process.wait(10)
    tree.gone(3)
    assert "killed: it did not end when asked" not in tree.story


def test_it_starts_again_after_any_kill(start: Start, state: Path) -> None:
    for victim in ("guard", "supervisor", "first"):
        tree = running(start, state)
        pid = {"guard": tree.process.pid, "supervisor": tree.supervisor, "first": tree.part("first")}[victim]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid: dead(pid), 5)
        if victim == "first":
            tree.process.send_signal(signal.SIGINT)
        tree.gone(10)
    running(start, state)


def test_a_start_waits_for_one_that_is_still_stopping(start: Start, state: Path) -> None:
    """After a kill of the guard the supervisor stops in order, which takes a moment: nobody should have to guess when."""
    slow = start(*TREE, str(state), "slow to stop")
    slow.expect("all ready")
    os.kill(slow.process.pid, signal.SIGKILL)
    again = running(start, state)
    assert len(again.alive()) == 6
    assert not slow.alive()


def test_a_failing_step_stops_everything_with_its_message(start: Start, state: Path) -> None:
    tree = start(*TREE, str(state), "failing step")
    assert tree.process.wait(15) == 1
    tree.gone(1)
    assert "step       | the step says no" in tree.story
    assert "step failed: exit code 3" in tree.story
    assert not (state / "second.ready").exists()


def test_a_part_that_never_comes_up_ends_the_start(start: Start, state: Path) -> None:
    tree = start(*TREE, str(state), "broken part")
    assert tree.process.wait(15) == 1
    assert "no such thing" in tree.story
    assert "broken failed: exit code 1" in tree.story


def test_a_second_start_on_the_same_state_is_refused(start: Start, state: Path) -> None:
    first = running(start, state)
    second = start(*TREE, str(state))
    assert second.process.wait(10) == 1
    second.expect("already running here")
    assert len(first.alive()) == 6


def test_a_second_ctrl_c_kills_at_once(start: Start, state: Path) -> None:
    tree = start(*TREE, str(state), "stubborn")
    tree.expect("all ready")
    begun = time.monotonic()
    tree.process.send_signal(signal.SIGINT)
    tree.expect("stopping")
    time.sleep(1)
    tree.process.send_signal(signal.SIGINT)
    assert tree.process.wait(10) == 0
    assert time.monotonic() - begun < 5
    assert "deaf       | killed: it did not end when asked" in tree.story
    tree.gone(1)


def test_every_line_is_kept_in_the_log_of_its_part(start: Start, state: Path) -> None:
    running(start, state)
    assert (state / "log" / "first.log").read_text() == "first begins\n"
