"""The agent, spoken to frame by frame in a bubblewrap box; and boxes without control groups."""

import itertools
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import binaries
from sandbox.agentlink import AgentLost, Flags, Link, Reason, Report, Run, decode_report, encode_file, frame
from sandbox.cancel import Cancel, Cancelled
from sandbox.engines.base import Box, BoxSpec, EngineError
from sandbox.engines.bubblewrap import BubblewrapEngine
from sandbox.languages import LANGUAGES
from sandbox.protocol import File, Job, Limits, Status, Test
from sandbox.runner import ENV, Clock, Worker
from tests.sandbox.conftest import CACHE, missing

pytestmark = pytest.mark.engine
numbers = itertools.count()
SPEC = BoxSpec(LANGUAGES["python"], memory_mb=128, disk_mb=16, processes=16)


@pytest.fixture(scope="module")
def engine() -> Iterator[BubblewrapEngine]:
    try:
        engine = BubblewrapEngine(f"agent-tests-{next(numbers)}", binaries.build(CACHE / "agent-tests"))
    except (EngineError, binaries.NoCompiler) as error:
        missing(str(error))
        raise
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def weak_engine(engine: BubblewrapEngine) -> BubblewrapEngine:
    """The same where no control group can be had."""
    weak = BubblewrapEngine("agent-tests-weak", binaries.build(CACHE / "agent-tests"))
    weak._cgroups, weak.counts_processes = None, True
    return weak


class Talk:
    def __init__(self, engine: BubblewrapEngine) -> None:
        self.box: Box = engine.open(SPEC)
        self.cancel = Cancel()
        self.link = Link(self.box.transport, self.cancel)

    def begin(self, *files: File) -> "Talk":
        self.link.begin(files)
        self.link.hello(20)
        return self

    def sh(self, script: str, flags: Flags = Flags.CLEAN, **more: object) -> Report:
        run = Run(flags, ("sh", "-c", script), ENV, 5000, 5000, 128 << 10, 65536, 16, 16)
        return self.link.run(replace(run, **more))  # type: ignore[arg-type]


@pytest.fixture
def talk(engine: BubblewrapEngine) -> Iterator[Talk]:
    talk = Talk(engine)
    yield talk
    talk.box.destroy()
    talk.cancel.close()


def test_outside_a_process_namespace_it_refuses_to_be() -> None:
    program = binaries.build(CACHE / "agent-tests")["agent"]
    assert subprocess.run([program], timeout=10, check=False, stdin=subprocess.DEVNULL).returncode == 64


def test_the_launcher_never_starts_anything_as_root() -> None:
    program = binaries.build(CACHE / "agent-tests")["launch"]
    done = subprocess.run([program, "0", "0", "--", "/usr/bin/id"], capture_output=True, timeout=10, check=False)
    assert (done.returncode, done.stdout) == (64, b"")


def test_it_is_the_first_process_and_its_program_the_second(talk: Talk) -> None:
    report = talk.begin().sh("echo $PPID $$; ls /proc | grep -c '^[0-9]'")
    assert report.stdout.split()[0] == b"1"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a//b", "a/../b", "a/", ".", ""])
def test_a_path_out_of_the_box_ends_it(talk: Talk, path: str) -> None:
    talk.begin()
    raw = path.encode() + b"\0"
    talk.link.send(frame(b"F", struct.pack("<II", 0o644, len(raw)) + raw + struct.pack("<I", 0)))
    with pytest.raises(AgentLost, match="a path is not allowed"):
        talk.sh("true")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame(b"?", b""), "unknown frame"),
        (b"R" + struct.pack("<I", 200 << 20), "too large"),
        (frame(b"R", b"\0" * 10), "too short"),
        (frame(b"F", struct.pack("<II", 0, 5) + b"ab\0c\0" + bytes(4)), "not one text"),
        (frame(b"F", struct.pack("<II", 0, 1 << 30)), "too short"),
    ],
    ids=["type", "size", "short", "text", "length"],
)
def test_a_frame_that_is_none_ends_the_box_with_a_reason(talk: Talk, data: bytes, message: str) -> None:
    talk.begin()
    talk.link.send(data)
    with pytest.raises(AgentLost, match=message):
        talk.link.wait(time.monotonic() + 10)


def test_a_frame_without_the_nonce_is_forged(talk: Talk) -> None:
    talk.begin()
    talk.link.nonce = bytes(16)
    with pytest.raises(AgentLost, match="forged"):
        talk.sh("true")


def test_a_closed_channel_is_the_end_of_the_box(talk: Talk) -> None:
    talk.begin()
    talk.link.send(frame(b"Q"))
    with pytest.raises(AgentLost, match="ended"):
        talk.link.wait(time.monotonic() + 10)


def test_waiting_ends_by_cancel_and_by_silence(talk: Talk) -> None:
    talk.begin()
    with pytest.raises(AgentLost, match="silent"):
        talk.link.wait(time.monotonic() + 0.1)
    talk.cancel.set("enough")
    with pytest.raises(Cancelled, match="enough"):
        talk.link.wait(time.monotonic() + 10)


def test_files_stay_when_they_are_not_wiped_and_go_when_they_are(talk: Talk) -> None:
    talk.begin(File("a", b"1"))
    assert talk.sh("echo 2 > a; echo x > b; ls").stdout == b"a\nb\n"
    assert talk.sh("cat a; ls", Flags(0)).stdout == b"2\na\nb\n"
    assert talk.sh("cat a; ls").stdout == b"1a\n"


def test_a_snapshot_becomes_the_files_with_modes_and_empty_folders(talk: Talk) -> None:
    talk.begin(File("src", b"s"))
    report = talk.sh("mkdir -p deep/empty; echo '#!/bin/sh' > tool; chmod 755 tool; ln -s /etc/passwd link; rm src",
                     Flags.CLEAN | Flags.SNAPSHOT)
    assert not report.snapshot_failed
    assert talk.sh("rm -rf tool").exit_code == 0
    assert talk.sh("find . | sort | tr '\\n' ' '; test -x tool && echo x").stdout == b". ./deep ./deep/empty ./tool x\n"


def test_a_failed_run_leaves_the_files_as_they_were(talk: Talk) -> None:
    talk.begin(File("src", b"s"))
    assert talk.sh("rm src; exit 1", Flags.CLEAN | Flags.SNAPSHOT).exit_code == 1
    assert talk.sh("cat src").stdout == b"s"


def test_too_large_a_snapshot_is_said(talk: Talk) -> None:
    assert talk.begin().sh("i=0; while [ $i -lt 4100 ]; do : > f$i; i=$((i+1)); done", Flags.CLEAN | Flags.SNAPSHOT).snapshot_failed


def test_a_streaming_run_takes_input_as_it_comes_and_can_be_killed(talk: Talk) -> None:
    talk.begin()
    run = Run(Flags.CLEAN | Flags.STREAM, ("cat",), ENV, 20_000, 5000, 128 << 10, 65536, 16, 16)
    talk.link.send(frame(b"R", run.encode()) + frame(b"I", b"one"))
    assert talk.link.wait(time.monotonic() + 10) == ("O", b"one")
    talk.link.send(frame(b"I", b"two"))
    assert talk.link.wait(time.monotonic() + 10) == ("O", b"two")
    talk.link.send(frame(b"K"))
    kind, payload = talk.link.wait(time.monotonic() + 10)
    assert (kind, decode_report(payload).reason) == ("D", Reason.KILLED)
    talk.link.send(frame(b"K") + frame(b"I", b"late") + frame(b"C"))
    assert talk.sh("echo on").stdout == b"on\n", "frames that come late belong to nobody"


def test_a_program_that_never_reads_its_stream_is_ended(talk: Talk) -> None:
    talk.begin()
    run = Run(Flags.CLEAN | Flags.STREAM, ("sleep", "60"), ENV, 20_000, 5000, 128 << 10, 65536, 16, 16)
    talk.link.send(frame(b"R", run.encode()) + b"".join(frame(b"I", b"x" * 65536) for _ in range(80)))
    kind, payload = talk.link.wait(time.monotonic() + 10)
    assert (kind, decode_report(payload).reason) == ("D", Reason.OUTPUT)


def test_a_report_that_is_none_is_a_lost_agent() -> None:
    for payload in (b"", b"x" * 20, b"\xff" * 200):
        with pytest.raises(AgentLost, match="cannot be read"):
            decode_report(payload)


def test_files_are_encoded_with_their_mode() -> None:
    assert encode_file(File("a", b"x", executable=True)) == struct.pack("<II", 0o755, 2) + b"a\0" + struct.pack("<I", 1) + b"x"


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("data = []\nwhile True: data.append(b'x' * (4 << 20))", Status.MEMORY),
        ("import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        x = b'x' * (40 << 20); time.sleep(20)\ntime.sleep(20)", Status.MEMORY),
        ("while True: pass", Status.TIME),
        ("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", Status.TIME),
        ("import threading, time\nfor _ in range(500): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", Status.RUNTIME_ERROR),
        ("print(int(input()) * 2)", Status.OK),
    ],
    ids=["memory", "memory-children", "cpu", "fork-bomb", "threads", "honest"],
)
def test_without_control_groups_the_agent_keeps_the_limits(weak_engine: BubblewrapEngine, program: str, status: Status) -> None:
    assert any("no control groups" in weakness for weakness in weak_engine.weaknesses())
    limits = Limits(wall_ms=6000, cpu_ms=1000, memory_mb=128, processes=16, disk_mb=8)
    job = Job(f"weak-{next(numbers)}", "python", (File("main.py", program.encode()),), (Test("t", b"21", limits=limits), ))
    cancel = Cancel()
    result = Worker(weak_engine, job, lambda _: None, cancel, Clock(), {}).work()
    cancel.close()
    assert (result.error, result.tests[0].status) == (None, status)


def test_the_programs_are_compiled_once_for_their_sources(tmp_path: Path) -> None:
    first = binaries.build(tmp_path)
    times = {name: path.stat().st_mtime_ns for name, path in first.items()}
    assert binaries.build(tmp_path) == first
    assert {name: path.stat().st_mtime_ns for name, path in first.items()} == times


def test_without_a_compiler_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(binaries.NoCompiler, match="no C compiler"):
        binaries.build(tmp_path)
