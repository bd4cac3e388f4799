"""One sandboxd an engine for the whole session, the real thing on the real engine.

As root on Debian, or with CI set, an engine that cannot be had is a failure; elsewhere its tests are skipped by name.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.client import Client, SandboxUnavailable
from sandbox.languages import LANGUAGES
from sandbox.protocol import Ready, State

ROOT = Path(__file__).parent.parent.parent
# Compiled helpers survive between sessions; they are named by their content.
CACHE = ROOT / ".cache" / "sandbox"
ENGINES = ("docker", "bubblewrap")
PREPARE_SECONDS = 900


def must_have_engines() -> bool:
    return bool(os.environ.get("CI")) or (os.geteuid() == 0 and Path("/etc/debian_version").exists())


def missing(reason: str) -> None:
    if must_have_engines():
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def docker_host() -> str:
    """DOCKER_HOST of an engine that answers, started by scripts/engine.sh if need be."""
    done = subprocess.run([ROOT / "scripts" / "engine.sh"], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        missing(f"no Docker engine: {done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def sandboxd(engine: str, docker_host: str = "", slots: int = 3, state: Path | None = None, languages: str = "") -> Iterator[Client]:
    """A running sandboxd of one engine; ended, with its boxes, at the end."""
    with tempfile.TemporaryDirectory(prefix="sandboxd-") as folder:
        path, log = Path(folder) / "s.sock", Path(folder) / "log"
        command = [sys.executable, "-m", "sandbox", "--socket", path, "--state", state or CACHE / engine,
                   "--engine", engine, "--slots", str(slots), *(["--languages", languages] if languages else [])]
        env = os.environ | ({"DOCKER_HOST": docker_host} if docker_host else {})
        with log.open("w") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=out)
        try:
            client = Client(str(path))
            client.log, client.pid = log, process.pid  # type: ignore[attr-defined]
            wait_for_socket(client, process)
            yield client
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_socket(client: Client, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        try:
            client.status()
        except SandboxUnavailable:
            assert process.poll() is None, f"sandboxd ended at once: {client.log.read_text()}"  # type: ignore[attr-defined]
            time.sleep(0.05)
        else:
            return
    raise AssertionError("sandboxd does not answer")


def wait_until_ready(client: Client, languages: tuple[str, ...] = tuple(LANGUAGES)) -> State:
    deadline = time.monotonic() + PREPARE_SECONDS
    while True:
        state = client.status()
        waited = {item.id: item for item in state.languages if item.id in languages}
        if all(item.state is Ready.READY for item in waited.values()):
            return state
        bad = [item for item in waited.values() if item.state in (Ready.FAILED, Ready.MISSING)]
        if (bad and state.reason not in ("", "starting")) or any(item.state is Ready.FAILED for item in bad):
            missing(f"{state.engine}: {state.reason} {bad}")
        assert time.monotonic() < deadline, f"not ready after {PREPARE_SECONDS} s: {waited}"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def daemons(docker_host: str) -> Iterator[dict[str, Client]]:
    """Both sandboxds, every language ready."""
    with sandboxd("docker", docker_host) as one, sandboxd("bubblewrap") as two:
        clients = {"docker": one, "bubblewrap": two}
        for client in clients.values():
            wait_until_ready(client)
        yield clients


@pytest.fixture(params=ENGINES)
def client(request: pytest.FixtureRequest, daemons: dict[str, Client]) -> Client:
    return daemons[request.param]
