"""sandboxd's socket and life: hostile callers, callers that vanish, crashes, stops, and no engine at all."""

import json
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.client import Client, JobRefused, SandboxBusy, SandboxUnavailable
from sandbox.engines.docker_api import DockerApi
from sandbox.protocol import Event, File, Job, JobResult, Limits, Stage, Status, Test, to_json
from tests.sandbox.conftest import ENGINES, sandboxd, wait_until_ready

pytestmark = pytest.mark.engine
SLEEP = (File("main.py", b"import time; print('up', flush=True); time.sleep(60)"),)
LONG = Limits(wall_ms=60_000)


def job(name: str, files: tuple[File, ...] = SLEEP) -> Job:
    return Job(name, "python", files, (Test("t", limits=LONG),))


def until(check: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)


class Running:
    """A job in a thread, known to be in its box."""

    def __init__(self, client: Client, job: Job) -> None:
        self.result: JobResult | None = None
        self.error: Exception | None = None
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(client, job))
        self._thread.start()
        assert self._up.wait(20)

    def _run(self, client: Client, job: Job) -> None:
        try:
            self.result = client.run(job, lambda event: self._up.set() if event.stage is Stage.RUNNING else None)
        except Exception as error:
            self.error = error

    def join(self, seconds: float = 15.0) -> None:
        self._thread.join(seconds)
        assert not self._thread.is_alive()


def raw(client: Client) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(10)
    sock.connect(client.path)
    return sock


def exchange(client: Client, data: bytes) -> dict[str, object]:
    """Send bytes as they are; the answer."""
    with raw(client) as sock:
        sock.sendall(data)
        head = sock.recv(4, socket.MSG_WAITALL)
        return dict(json.loads(sock.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)))


def frame(message: object) -> bytes:
    body = json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xff\xff\xff", "must be at most"),
        (b"GET / HTTP/1.1\r\n\r\n", "must be at most"),
        (struct.pack(">I", 5) + b"hello", "not JSON"),
        (struct.pack(">I", 3) + b"\xff\xfe\xfd", "not JSON"),
        (struct.pack(">I", 200_000) + b"[" * 200_000, "not JSON"),
        (frame([1]), "must be an object with a text `type`"),
        (frame({"type": "run"}), "must be run with a job"),
        (frame({"type": "explode"}), "must be run with a job"),
        (frame({"type": "run", "job": {"id": "x"}}), "job."),
        (frame({"type": "run", "job": None}), "job: must be an object"),
        (frame({"type": "cancel", "job_id": 7}), "cancel with a job_id"),
    ],
    ids=["huge", "http", "text", "bytes", "deep", "list", "no-job", "unknown", "half-job", "null-job", "number"],
)
def test_a_request_that_is_none_is_refused_and_the_next_works(data: bytes, reason: str, client: Client) -> None:
    answer = exchange(client, data)
    assert answer["type"] == "refused"
    assert reason in str(answer["reason"])
    assert client.status().engine in ENGINES


def test_callers_that_say_nothing_or_half_hold_nobody_up(client: Client) -> None:
    silent = [raw(client) for _ in range(60)]
    for sock in silent[:30]:
        sock.sendall(struct.pack(">I", 1000) + b"{")
    result = client.run(Job("between", "python", (File("main.py", b"print(7)"),), (Test("t"),)))
    assert result.tests[0].stdout == b"7\n"
    for sock in silent:
        sock.close()
    until(lambda: client.status().busy == 0)


def test_the_socket_is_for_its_owner_and_group(client: Client) -> None:
    mode = stat.S_IMODE(os.stat(client.path).st_mode)
    assert mode == 0o660


def test_a_caller_that_goes_away_ends_its_box(client: Client) -> None:
    before = client.status().busy
    with raw(client) as sock:
        sock.sendall(frame({"type": "run", "job": to_json(job("vanishing"))}))
        until(lambda: client.status().busy == before + 1)
        time.sleep(0.5)
    until(lambda: client.status().busy == before)


def test_an_error_in_on_event_ends_the_job_and_is_passed_on(client: Client) -> None:
    def fail(event: Event) -> None:
        if event.stage is Stage.RUNNING:
            raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError, match="lease lost"):
        client.run(job("abandoned"), fail)
    until(lambda: client.status().busy == 0)


def test_a_running_job_can_be_cancelled(client: Client) -> None:
    running = Running(client, job("unwanted"))
    assert client.cancel("unwanted")
    running.join()
    assert running.result is not None
    assert running.result.error == "cancelled: on request"
    assert not client.cancel("unwanted")


def test_the_same_id_twice_at_a_time_is_refused(client: Client) -> None:
    running = Running(client, job("twin"))
    with pytest.raises(JobRefused, match="waiting or running already"):
        client.run(job("twin"))
    client.cancel("twin")
    running.join()


def test_a_beat_comes_while_a_job_is_silent(client: Client) -> None:
    events: list[tuple[float, Event]] = []
    short = Job("beating", "python", SLEEP, (Test("t", limits=Limits(wall_ms=4500)),))
    client.run(short, lambda event: events.append((time.monotonic(), event)))
    gaps = [late - early for (early, _), (late, _) in zip(events, events[1:], strict=False)]
    assert max(gaps) < 3
    assert sum(event.stage is Stage.RUNNING and event.result is None for _, event in events) >= 3


@pytest.fixture
def narrow(docker_host: str, tmp_path: Path) -> Iterator[Client]:
    """A sandboxd with one slot, of its own state folder."""
    with sandboxd("bubblewrap", slots=1, state=tmp_path / "state", languages="python") as client:
        wait_until_ready(client, ("python",))
        yield client


def test_jobs_wait_in_order_and_a_waiting_one_can_be_cancelled(narrow: Client) -> None:
    first = Running(narrow, job("first"))
    places: dict[str, list[int]] = {"second": [], "third": []}
    results: dict[str, JobResult] = {}

    def wait(name: str) -> None:
        quick = Job(name, "python", (File("main.py", b"print(1)"),), (Test("t"),))
        results[name] = narrow.run(quick, lambda e: places[name].append(e.position) if e.stage is Stage.QUEUED else None)

    threads = []
    for name in places:
        threads.append(threading.Thread(target=wait, args=(name,)))
        threads[-1].start()
        until(lambda n=name: bool(places[n]))  # type: ignore[misc]
    assert (places["second"][0], places["third"][0], narrow.status().queued) == (0, 1, 2)
    assert narrow.cancel("second")
    threads[0].join(10)
    assert results["second"].error == "cancelled: on request"
    until(lambda: places["third"][-1] == 0)
    narrow.cancel("first")
    threads[1].join(20)
    assert results["third"].tests[0].status is Status.OK
    assert results["third"].timings.queue_ms > 0
    first.join()


@pytest.mark.parametrize("engine", ENGINES)
def test_boxes_left_by_a_killed_sandboxd_are_ended_by_the_next(engine: str, docker_host: str, tmp_path: Path) -> None:
    with sandboxd(engine, docker_host, state=tmp_path / "state", languages="python") as client:
        wait_until_ready(client, ("python",))
        running = Running(client, job("orphan"))
        os.kill(client.pid, signal.SIGKILL)  # type: ignore[attr-defined]
        running.join()
        assert isinstance(running.error, SandboxUnavailable)
    with sandboxd(engine, docker_host, state=tmp_path / "state", languages="python") as client:
        wait_until_ready(client, ("python",))
        until(lambda: boxes(engine, docker_host, tmp_path / "state") == 0)


def boxes(engine: str, docker_host: str, state: Path) -> int:
    """Boxes of one state folder that exist now."""
    import hashlib

    instance = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    if engine == "docker":
        found = DockerApi(docker_host).call("GET", f'/containers/json?all=1&filters={{"label":["proofroom.sandbox={instance}"]}}')
        return len(found)
    return len({path.name for path in Path("/sys/fs/cgroup").glob(f"**/proofroom-sandbox-{instance}/box-*")})


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stopped_sandboxd_takes_its_boxes_along(engine: str, docker_host: str, tmp_path: Path) -> None:
    with sandboxd(engine, docker_host, state=tmp_path / "state", languages="python") as client:
        wait_until_ready(client, ("python",))
        running = Running(client, job("stopped"))
        assert boxes(engine, docker_host, tmp_path / "state") == 1
        os.kill(client.pid, signal.SIGTERM)  # type: ignore[attr-defined]
        running.join()
        assert running.result is not None
        assert running.result.error == "cancelled: sandboxd is stopping"
        until(lambda: boxes(engine, docker_host, tmp_path / "state") == 0)
        until(lambda: not Path(client.path).exists())


def test_one_state_folder_has_one_sandboxd(narrow: Client, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ended at once"), sandboxd("bubblewrap", state=tmp_path / "state"):
        pass


def test_without_an_engine_runs_are_off_with_reason_and_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFROOM_DOCKER_DIR", str(tmp_path))
    with sandboxd("docker", "tcp://127.0.0.1:1", state=tmp_path / "state") as client:
        until(lambda: client.status().reason != "starting")
        state = client.status()
        if state.engine != "off":
            pytest.skip("a Docker engine answers at the usual socket")
        assert "no Docker engine answers" in state.reason
        assert "scripts/engine.sh" in state.cure
        with pytest.raises(JobRefused, match="code runs are off: no Docker engine answers"):
            client.run(job("nowhere"))


def test_a_language_that_is_being_prepared_is_busy_not_refused(docker_host: str, tmp_path: Path) -> None:
    early = Job("early", "java", (File("Main.java", b""),), (Test("t"),))
    with sandboxd("bubblewrap", state=tmp_path / "state") as client, pytest.raises(SandboxBusy, match="java is being prepared"):
        client.run(early)


def test_the_client_yields_under_gevent(client: Client) -> None:
    script = """
from gevent import monkey; monkey.patch_all()
import gevent, sys, time
from sandbox.client import Client
from sandbox.protocol import File, Job, Limits, Test
ticks = []
def tick():
    while True:
        ticks.append(time.monotonic()); gevent.sleep(0.02)
gevent.spawn(tick)
def run(i):
    job = Job(f'gevent-{i}', 'python', (File('main.py', b'import time; time.sleep(0.5); print(input())'),), (Test('t', b'%d' % i),))
    return Client(sys.argv[1]).run(job).tests[0].stdout
print([g.get() for g in [gevent.spawn(run, i) for i in range(2)]], max(b - a for a, b in zip(ticks, ticks[1:])) < 0.4)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script, client.path], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "[b'0\\n', b'1\\n'] True\n", done.stderr


def test_no_socket_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="does not answer"):
        Client(str(tmp_path / "none.sock")).status()


def test_a_silent_sandboxd_is_unavailable(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        with pytest.raises(SandboxUnavailable, match="silent"):
            Client(str(tmp_path / "s"), silence_seconds=0.2).status()


def test_an_answer_of_another_version_is_unavailable(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()

        def answer() -> None:
            sock, _ = server.accept()
            with sock:
                sock.sendall(frame({"type": "status", "state": {"engine": "x", "new": 1}}))

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(SandboxUnavailable, match="another version"):
            Client(str(tmp_path / "s")).status()
        thread.join()
