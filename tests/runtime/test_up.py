"""`proofroom up` with the real parts: what a person sees, and what is left after every way to end it."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.embedded import temporary_state
from tests.runtime.harness import Tree, in_folder, wait_for
from tests.stack import Stack, running_stack

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One stack for the tests that leave it running."""
    with temporary_state() as state, running_stack(state) as found:
        yield found


def get(stack: Stack, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}{path}", timeout=10) as answer:
        return bytes(answer.read())


def environment_of(pid: int) -> dict[str, str]:
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.partition("=")[::2] for entry in entries if entry)


def test_it_ends_with_the_address_and_the_token(stack: Stack) -> None:
    assert f"Proofroom is ready:  {stack.url}" in stack.tree.story
    assert len(stack.token) == 24
    assert json.loads(get(stack, "/healthz"))["setup_needed"] is True


def test_the_token_is_in_no_file(stack: Stack) -> None:
    files = [p for p in stack.state.rglob("*") if p.is_file() and "postgres" not in p.relative_to(stack.state).parts[0]]
    assert len(files) > 3
    assert [p for p in files if stack.token.encode() in p.read_bytes()] == []


def test_only_the_web_part_knows_the_token(stack: Stack) -> None:
    assert environment_of(stack.pid("web"))["PROOFROOM_SETUP_TOKEN"] == stack.token
    for part in ("workers", "sandboxd"):
        assert stack.token not in environment_of(stack.pid(part)).values(), part


def test_the_sandbox_service_holds_no_secret(stack: Stack) -> None:
    found = environment_of(stack.pid("sandboxd"))
    assert not {"DATABASE_URL", "REDIS_URL", "PROOFROOM_SECRET_KEY", "PROOFROOM_SETUP_TOKEN"} & found.keys()
    assert (stack.state / "secret-key").read_text() not in found.values()


def test_nothing_of_ours_listens_beyond_this_machine(stack: Stack) -> None:
    listening = "0A"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = [r[1] for r in rows if r[3] == listening and int(r[1].split(":")[1], 16) == stack.port]
    assert ours == [f"0100007F:{stack.port:04X}"]


@pytest.mark.parametrize("part", ["web", "postgres", "redis", "workers", "sandboxd"])
def test_a_killed_part_comes_back(stack: Stack, part: str) -> None:
    seen = stack.kill(part)
    stack.tree.expect(f"{part:<10} | ended by itself (killed by SIGKILL)", after=seen)
    stack.ready_again(part, seen)
    wait_for(lambda: _healthy(stack), 15, lambda: stack.tree.story)


def _healthy(stack: Stack) -> bool:
    try:
        return json.loads(get(stack, "/healthz"))["status"] == "ok"
    except OSError:
        return False


def test_a_second_start_of_the_same_state_is_refused(stack: Stack) -> None:
    second = Tree("cli.py", "up", environment=stack.environment)
    try:
        assert second.process.wait(20) == 1
        second.expect("already running here")
    finally:
        second.close()
    assert _healthy(stack)


def test_a_taken_port_is_said_with_its_cure(stack: Stack) -> None:
    with temporary_state() as state:
        other = Tree("cli.py", "up", environment={**stack.environment, "PROOFROOM_STATE_DIR": str(state)})
        try:
            assert other.process.wait(20) == 1
            other.expect(f"port {stack.port} on 127.0.0.1 is taken by another program")
            assert f"PROOFROOM_PORT={stack.port + 1} make run" in other.story
        finally:
            other.close()


def test_it_starts_again_after_every_way_to_end() -> None:
    with temporary_state() as state:
        for way in ("ctrl-c", "supervisor", "guard"):
            with running_stack(state) as stack:
                if way == "ctrl-c":
                    stack.stop()
                    continue
                victim = stack.tree.supervisor if way == "supervisor" else stack.tree.process.pid
                os.kill(victim, signal.SIGKILL)
                stack.tree.gone(12)
                wait_for(lambda: not in_folder(state), 5, lambda: str(in_folder(state)))
        with running_stack(state) as stack:
            assert _healthy(stack)
            stack.stop()
