"""Runs one job in one fresh box: files, build, tests. Knows engines only by engines/base.py."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sandbox import driven, verdict
from sandbox.agentlink import AgentLost, Flags, Link, Run
from sandbox.cancel import Cancel, Cancelled
from sandbox.driver_frames import helper_files
from sandbox.engines.base import Box, BoxSpec, Engine, EngineError
from sandbox.languages import LANGUAGES
from sandbox.languages.base import Language
from sandbox.protocol import (
    MAX_RESULT_BYTES,
    Build,
    Driver,
    Event,
    File,
    Job,
    JobResult,
    Limits,
    Stage,
    Status,
    Test,
    TestResult,
    Timings,
)

ENV = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8"}  # noqa: S108
# A cold engine on a starved machine takes its time to start PID 1.
HELLO_SECONDS = 60.0

Emit = Callable[[Event], None]


@dataclass
class Clock:
    """Milliseconds of each leg, filled in as the job goes."""

    queue_ms: int = 0
    box_ms: int = 0
    build_ms: int = 0
    run_ms: int = 0

    def timings(self) -> Timings:
        return Timings(self.queue_ms, self.box_ms, self.build_ms, self.run_ms)


class Worker:
    """One job on one engine. `work` never raises: what goes wrong becomes JobResult.error."""

    def __init__(self, engine: Engine, job: Job, emit: Emit, cancel: Cancel, clock: Clock, toolchain: Mapping[str, str]) -> None:
        self.engine, self.job, self.emit, self.cancel = engine, job, emit, cancel
        self.clock, self.toolchain = clock, toolchain
        self.language = LANGUAGES[job.language]
        self.paths = tuple(file.path for file in job.files)
        self.build_step = build_of(job)
        self.argv = job.argv or self.language.run(self.paths, most(job.tests, "memory_mb"))
        self.tests: list[TestResult] = []
        self.built: TestResult | None = None
        self.boxes: list[Box] = []
        self.kept_bytes = 0

    def work(self) -> JobResult:
        error: str | None = None
        try:
            self._work()
        except Cancelled as why:
            error = f"cancelled: {why}"
        except (AgentLost, EngineError) as why:
            error = f"sandbox error: {why}"
            self._mark_lost(str(why))
        finally:
            for box in self.boxes:
                box.destroy()
        return JobResult(self.job.id, self.built, tuple(self.tests), error, self.engine.name, self.toolchain,
                         self.clock.timings())

    def _work(self) -> None:
        started = time.monotonic()
        self.emit(Event(self.job.id, Stage.BOX))
        link = self.open(self.language, self.limits(), self.job.files)
        driver = self._open_driver(self.job.driver) if self.job.driver else None
        self.clock.box_ms = since(started)
        if self.build_step and not self._build(link, self.build_step):
            return
        started = time.monotonic()
        try:
            self._run_tests(link, driver)
        finally:
            self.clock.run_ms = since(started)

    def _open_driver(self, driver: Driver) -> Link:
        files = driver.files + helper_files(driver.files)
        return self.open(LANGUAGES[driver.language], [driver.limits], files)

    def limits(self) -> list[Limits]:
        own = [test.limits for test in self.job.tests]
        return [*own, self.build_step.limits] if self.build_step else own or [Limits()]

    def open(self, language: Language, limits: list[Limits], files: tuple[File, ...]) -> Link:
        """A box that is large enough for all of `limits`, with the files in the agent's hands."""
        self.cancel.check()
        box = self.engine.open(BoxSpec(
            language,
            memory_mb=max(limit.memory_mb for limit in limits) + language.overhead_mb + self.agent_mb(files),
            disk_mb=max(limit.disk_mb for limit in limits),
            processes=max(limit.processes for limit in limits),
        ))
        self.boxes.append(box)
        link = Link(box.transport, self.cancel)
        link.begin(files)
        link.hello(HELLO_SECONDS)
        return link

    def agent_mb(self, files: tuple[File, ...]) -> int:
        """What the agent holds beside the program: files, a test's input twice, and its output on the way to us."""
        inputs = max((len(test.stdin) + size_of(test.files) for test in self.job.tests), default=0)
        outputs = max((test.limits.output_bytes for test in self.job.tests), default=0)
        collected = self.job.collect_bytes if self.job.collect or self.job.driver else 0
        return (2 * size_of(files) + 3 * inputs + 4 * outputs + 3 * collected) >> 20

    def _build(self, link: Link, build: Build) -> bool:
        started = time.monotonic()
        self.emit(Event(self.job.id, Stage.BUILD))
        request = self.request(Flags.CLEAN | Flags.SNAPSHOT, build.argv, build.limits)
        self.built = verdict.build_result(link.run(request), build.limits, request.memory_kb)
        self.clock.build_ms = since(started)
        self.emit(Event(self.job.id, Stage.BUILD, result=self.built))
        return self.built.status is Status.OK

    def _run_tests(self, link: Link, driver: Link | None) -> None:
        total = len(self.job.tests)
        for number, test in enumerate(self.job.tests, 1):
            self.emit(Event(self.job.id, Stage.RUNNING, test=number, total=total))
            result = self._run_driver(link, driver, test) if driver else self._run_test(link, test)
            result = self._within_bounds(result)
            self.tests.append(result)
            self.emit(Event(self.job.id, Stage.RUNNING, test=number, total=total, result=result))
            if self.job.stop_after_first_failure and result.status is not Status.OK:
                return

    def _within_bounds(self, result: TestResult) -> TestResult:
        """Without its bytes when the answer as a whole would not fit into a frame."""
        own = bytes_of(result)
        if self.kept_bytes + own <= MAX_RESULT_BYTES:
            self.kept_bytes += own
            return result
        status = Status.OUTPUT if result.status is Status.OK else result.status
        return replace(result, status=status, stdout=b"", stderr=b"", stdout_truncated=True, stderr_truncated=True,
                       collected=(), collected_truncated=True,
                       detail=f"left out: this job's outputs are more than {MAX_RESULT_BYTES} bytes in all")

    def _run_test(self, link: Link, test: Test) -> TestResult:
        request = self.request(Flags.CLEAN, (*self.argv, *test.args), test.limits, test)
        return verdict.test_result(test.id, link.run(request), test.limits, request.memory_kb)

    def _run_driver(self, link: Link, driver: Link, test: Test) -> TestResult:
        assert self.job.driver is not None
        start = self.request(Flags.CLEAN | Flags.STREAM, self.argv, test.limits)
        env = {**ENV, **LANGUAGES[self.job.driver.language].env}
        return driven.run(self.job.driver, test, link, driver, start, env, start.flags & Flags.COUNT_PROCESSES)

    def request(self, flags: Flags, argv: tuple[str, ...], limits: Limits, test: Test | None = None) -> Run:
        if self.engine.counts_processes:
            flags |= Flags.COUNT_PROCESSES
        return Run(
            flags, argv, {**ENV, **self.language.env, **self.job.env}, limits.wall_ms, limits.cpu_ms,
            (limits.memory_mb + self.language.overhead_mb) << 10, limits.output_bytes, limits.disk_mb, limits.processes,
            stdin=test.stdin if test else b"", files=test.files if test else (),
            globs=self.job.collect if test else (), collect_bytes=self.job.collect_bytes,
        )

    def _mark_lost(self, why: str) -> None:
        """The test that was running when the box was lost gets a result; those after it do not."""
        if self.boxes and (self.built is None or self.built.status is Status.OK) and len(self.tests) < len(self.job.tests):
            self.tests.append(TestResult(self.job.tests[len(self.tests)].id, Status.SANDBOX_ERROR, detail=why))


def build_of(job: Job) -> Build | None:
    """The build step that the job asks for, with the language's own command where it leaves it open."""
    language = LANGUAGES[job.language]
    if job.build and job.build.argv:
        return job.build
    if language.build is None:
        return None
    argv = language.build(tuple(file.path for file in job.files))
    return Build(argv, job.build.limits) if job.build else Build(argv)


def size_of(files: tuple[File, ...]) -> int:
    return sum(len(file.content) for file in files)


def bytes_of(result: TestResult) -> int:
    return len(result.stdout) + len(result.stderr) + size_of(result.collected)


def most(tests: tuple[Test, ...], name: str) -> int:
    return max((getattr(test.limits, name) for test in tests), default=256)


def since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
