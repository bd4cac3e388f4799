"""The contract between sandboxd and its callers: a Job goes in, Events and one JobResult come out.

Every type is a frozen dataclass that checks itself when made (ProtocolError names the field). `to_json` and `from_json`
turn them into JSON values and back. The sandbox never decides whether an answer is right: expected outputs never come
here, `Status.WRONG` is set by the caller. Durations are milliseconds, sizes as the field name says.

Project tests out of process: see `Driver` here, and README.md for the frames on the driver's file descriptor 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from sandbox import checks
from sandbox.checks import MIB
from sandbox.codec import Json, ProtocolError, decode, encode

__all__ = [
    "Build", "Driver", "Event", "File", "Job", "JobResult", "Json", "LanguageState", "Limits", "MAX_RESULT_BYTES", "ProtocolError", "Ready",
    "Stage", "State", "Status", "Test", "TestResult", "Timings", "from_json", "to_json",
]

PROTOCOL_VERSION = 1
MAX_RESULT_BYTES = 32 * MIB
T = TypeVar("T")


class Status(StrEnum):
    """How one program run ended. The sandbox reports everything but WRONG."""

    OK = "ok"
    WRONG = "wrong"
    RUNTIME_ERROR = "runtime_error"
    SIGNAL = "signal"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    DISK = "disk"
    BUILD_ERROR = "build_error"
    SANDBOX_ERROR = "sandbox_error"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one program run. `processes` counts threads too; `output_bytes` holds for stdout and stderr each.

    Files lie in memory: /box is at most half of `memory_mb`, /tmp a quarter, however large `disk_mb` is.
    """

    wall_ms: int = 10_000
    cpu_ms: int = 5_000
    memory_mb: int = 256
    output_bytes: int = 256 * 1024
    disk_mb: int = 64
    processes: int = 64

    def __post_init__(self) -> None:
        checks.between("wall_ms", self.wall_ms, 1, 600_000)
        checks.between("cpu_ms", self.cpu_ms, 1, 600_000)
        checks.between("memory_mb", self.memory_mb, 16, 4096)
        checks.between("output_bytes", self.output_bytes, 1, 16 * MIB)
        checks.between("disk_mb", self.disk_mb, 1, 1024)
        checks.between("processes", self.processes, 1, 512)


@dataclass(frozen=True, slots=True)
class File:
    """A file of the box, by a relative path with "/" and without "." or ".." parts."""

    path: str
    content: bytes
    executable: bool = False

    def __post_init__(self) -> None:
        checks.path("path", self.path)


@dataclass(frozen=True, slots=True)
class Build:
    """A build step of one's own, run once in the box before the tests. `argv` empty: the language's own command."""

    argv: tuple[str, ...] = ()
    limits: Limits = Limits(wall_ms=60_000, cpu_ms=40_000, memory_mb=512, disk_mb=128, processes=128)

    def __post_init__(self) -> None:
        checks.argv("argv", self.argv)


@dataclass(frozen=True, slots=True)
class Test:
    """One run of the program: what it reads, what is appended to its argv, which files are added for this run only."""

    __test__ = False

    id: str
    stdin: bytes = b""
    args: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        checks.name("id", self.id)
        checks.argv("args", self.args)
        checks.files("files", self.files)
        checks.size("stdin", self.stdin, checks.MAX_STDIN_BYTES)


@dataclass(frozen=True, slots=True)
class Driver:
    """A test program that runs in a second box and drives the candidate's program over file descriptor 3.

    Hidden tests and expected values stand in `files` and exist in the driver's box alone. With a driver every Test of
    the job is one run of the driver: `test.args` follow `argv`, `test.files` and `test.stdin` go to the driver's box,
    `test.limits` bound each start of the candidate's program; `limits` bound the driver itself. The TestResult is the
    driver's, its collected files (`collect`) too. Python drivers find the helper module `proofroom_driver` on their path.
    """

    language: str
    files: tuple[File, ...]
    argv: tuple[str, ...]
    limits: Limits = Limits(wall_ms=60_000, cpu_ms=30_000, processes=128)
    collect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        checks.name("language", self.language)
        checks.files("files", self.files)
        checks.argv("argv", self.argv, at_least=1)
        checks.globs("collect", self.collect)


@dataclass(frozen=True, slots=True)
class Job:
    """Everything sandboxd needs to run one submission in one fresh box.

    `build` None: the language's own build, if it has one. `argv` empty: the language's own command. `env` takes the
    names of `checks.ENV_NAMES` and names that start with APP_. `collect` are globs relative to the box's folder,
    brought back after each test within `collect_bytes` in all.
    """

    id: str
    language: str
    files: tuple[File, ...]
    tests: tuple[Test, ...]
    build: Build | None = None
    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    collect: tuple[str, ...] = ()
    collect_bytes: int = MIB
    stop_after_first_failure: bool = False
    driver: Driver | None = None

    def __post_init__(self) -> None:
        checks.name("id", self.id)
        checks.name("language", self.language)
        checks.files("files", self.files)
        checks.argv("argv", self.argv)
        checks.env("env", self.env)
        checks.globs("collect", self.collect)
        checks.between("collect_bytes", self.collect_bytes, 1, 16 * MIB)
        checks.unique("tests", [test.id for test in self.tests], checks.MAX_TESTS)
        stdin = sum(len(test.stdin) + sum(len(f.content) for f in test.files) for test in self.tests)
        if self.driver is not None and any(len(test.stdin) > 64 * 1024 for test in self.tests):
            raise ProtocolError("tests: stdin of a driver must be at most 65536 bytes; use files")
        checks.between("tests (bytes of all stdin and files)", stdin, 0, checks.MAX_JOB_BYTES)


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one run did. `exit_code` is None after a signal, `signal` is None otherwise."""

    __test__ = False

    id: str
    status: Status
    exit_code: int | None = None
    signal: int | None = None
    wall_ms: int = 0
    cpu_ms: int = 0
    peak_memory_kb: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    collected: tuple[File, ...] = ()
    collected_truncated: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time went: waiting for a slot, making the box(es), building, running all tests."""

    queue_ms: int = 0
    box_ms: int = 0
    build_ms: int = 0
    run_ms: int = 0


@dataclass(frozen=True, slots=True)
class JobResult:
    """The whole answer. `error` is set when the sandbox itself failed or was cancelled; `tests` then holds what was done.

    After a failed build `build.status` says why and `tests` is empty. Outputs and collected files of a job are kept up to
    MAX_RESULT_BYTES in all; a test beyond it has the status OUTPUT and says so in `detail`. `toolchain` names versions ("python": "3.11.2").
    """

    id: str
    build: TestResult | None = None
    tests: tuple[TestResult, ...] = ()
    error: str | None = None
    engine: str = ""
    toolchain: Mapping[str, str] = field(default_factory=dict)
    timings: Timings = Timings()


class Stage(StrEnum):
    QUEUED = "queued"
    BOX = "box"
    BUILD = "build"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Event:
    """Progress of a job. The newest one is repeated every 2 s, so a caller may renew a lease on each.

    QUEUED carries `position` (0 is next) and does not come when a slot is free. RUNNING carries `test` (from 1) of `total`; `result` is that test's, or the
    build's with stage BUILD, once it is known.
    """

    job_id: str
    stage: Stage
    position: int = 0
    test: int = 0
    total: int = 0
    result: TestResult | None = None


class Ready(StrEnum):
    """State of one language: can it run now?"""

    READY = "ready"
    PREPARING = "preparing"
    FAILED = "failed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LanguageState:
    """One language. `progress` 0 to 100 while preparing; `detail` the step, or the reason and its cure."""

    id: str
    name: str
    state: Ready
    detail: str = ""
    progress: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    self_test: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What sandboxd says of itself. `engine` is docker, bubblewrap or off; then `reason` and `cure` say more.

    `weaknesses` lists what this engine cannot enforce here (for example "no memory cgroup: limits are watched").
    """

    engine: str
    engine_version: str = ""
    reason: str = ""
    cure: str = ""
    weaknesses: tuple[str, ...] = ()
    languages: tuple[LanguageState, ...] = ()
    slots: int = 0
    busy: int = 0
    queued: int = 0
    protocol: int = PROTOCOL_VERSION


def to_json(value: Any) -> Json:
    """A JSON-ready value for any type of this module."""
    return encode(value)


def from_json(kind: type[T], raw: Any) -> T:
    """`kind` from a decoded JSON value. Raises ProtocolError naming the field."""
    return decode(kind, raw)
