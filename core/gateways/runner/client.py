"""The runner that speaks to sandboxd: the only importer of sandbox.client and sandbox.protocol."""

from __future__ import annotations

from core.base.errors import N_
from core.gateways.runner.limits import FullBounds, build_bounds, driver_bounds, run_bounds
from core.gateways.runner.port import (
    Done,
    Files,
    LanguageReadiness,
    OnProgress,
    Outcome,
    Plan,
    PlanDriver,
    PlanTest,
    Progress,
    RunnerState,
    RunnerUnavailable,
    RunRefused,
)
from sandbox import protocol
from sandbox.client import Client, JobRefused, SandboxBusy, SandboxError, SandboxUnavailable

STATUS_SECONDS = 5.0
NO_ANSWER = N_("sandboxd does not answer at its socket.")
NO_ANSWER_CURE = N_("It restarts by itself under `make run`; else look at its log, or run `proofroom doctor`.")
# What sandboxd runs when it is told no command; anything else needs one.
OWN_ENTRY = {"python": "main.py", "javascript": "main.js", "cpp": "main.cpp", "java": "Main.java"}
INTERPRETER = {"python": "python3", "javascript": "node"}
# How refusals begin that whoever wrote the files has to mend: no program among them, a path that no box can hold.
ABOUT_THE_FILES = ("the files must hold", "files:", "path:")


class SandboxRunner:
    """One sandboxd on a unix socket. Every call opens its own connection; safe to share."""

    def __init__(self, socket_path: str) -> None:
        self.client = Client(socket_path)
        self.asking = Client(socket_path, connect_seconds=2.0, silence_seconds=STATUS_SECONDS)

    def run(self, job_id: str, plan: Plan, on_progress: OnProgress) -> Outcome:
        try:
            result = self.client.run(_job(job_id, plan), lambda event: on_progress(_progress(event)))
        except (SandboxUnavailable, SandboxBusy) as error:
            raise RunnerUnavailable(str(error)) from error
        except (JobRefused, protocol.ProtocolError) as error:
            if str(error).startswith(ABOUT_THE_FILES):
                return _nothing_to_run(str(error))
            raise RunRefused(str(error)) from error
        return _outcome(result)

    def status(self) -> RunnerState:
        try:
            return _state(self.asking.status())
        except SandboxError:
            return RunnerState(engine="off", reason=NO_ANSWER, cure=NO_ANSWER_CURE)

    def cancel(self, job_id: str) -> bool:
        try:
            return self.asking.cancel(job_id)
        except SandboxError:
            return False


def _nothing_to_run(reason: str) -> Outcome:
    """Files without a program are an answer to the task, only a wrong one: told as a build that failed."""
    return Outcome(build=Done("build", protocol.Status.BUILD_ERROR.value, stderr=reason.encode()))


def _limits(bounds: FullBounds) -> protocol.Limits:
    return protocol.Limits(
        wall_ms=bounds.wall_ms,
        cpu_ms=bounds.cpu_ms,
        memory_mb=bounds.memory_mb,
        output_bytes=bounds.output_kb * 1024,
        disk_mb=bounds.disk_mb,
        processes=bounds.processes,
    )


def _files(files: Files) -> tuple[protocol.File, ...]:
    return tuple(protocol.File(path, content) for path, content in sorted(files.items()))


def _test(plan: Plan, test: PlanTest) -> protocol.Test:
    limits = _limits(run_bounds(plan.language, test.limits))
    return protocol.Test(test.id, stdin=test.stdin, args=test.args, limits=limits)


def _driver(driver: PlanDriver | None) -> protocol.Driver | None:
    if driver is None:
        return None
    limits = _limits(driver_bounds(driver.language, driver.limits))
    return protocol.Driver(driver.language, _files(driver.files), driver.argv, limits, driver.collect)


def _argv(plan: Plan) -> tuple[str, ...]:
    """Empty where the language's own command does; an interpreter's command where the entry has another name."""
    if plan.argv:
        return plan.argv
    if plan.entry in ("", OWN_ENTRY.get(plan.language)):
        return ()
    if plan.language not in INTERPRETER:
        raise RunRefused(f"{plan.language} begins at {OWN_ENTRY.get(plan.language)}, not at {plan.entry}")
    return (INTERPRETER[plan.language], plan.entry)


def _job(job_id: str, plan: Plan) -> protocol.Job:
    return protocol.Job(
        id=job_id,
        language=plan.language,
        files=_files(plan.files),
        tests=tuple(_test(plan, test) for test in plan.tests),
        build=protocol.Build(argv=plan.build or (), limits=_limits(build_bounds(plan.build_limits))),
        argv=_argv(plan),
        collect=plan.collect,
        driver=_driver(plan.driver),
    )


def _progress(event: protocol.Event) -> Progress:
    return Progress(event.stage.value, event.position, event.test, event.total)


def _done(result: protocol.TestResult) -> Done:
    return Done(
        id=result.id,
        status=result.status.value,
        exit_code=result.exit_code,
        signal=result.signal,
        wall_ms=result.wall_ms,
        cpu_ms=result.cpu_ms,
        peak_memory_kb=result.peak_memory_kb,
        stdout=result.stdout,
        stderr=result.stderr,
        stdout_truncated=result.stdout_truncated,
        stderr_truncated=result.stderr_truncated,
        collected={file.path: file.content for file in result.collected},
        detail=result.detail,
    )


def _outcome(result: protocol.JobResult) -> Outcome:
    times = result.timings
    return Outcome(
        build=_done(result.build) if result.build else None,
        tests=tuple(_done(test) for test in result.tests),
        error=result.error,
        engine=result.engine,
        toolchain=dict(result.toolchain),
        timings={
            "queue_ms": times.queue_ms,
            "box_ms": times.box_ms,
            "build_ms": times.build_ms,
            "run_ms": times.run_ms,
        },
    )


def _state(state: protocol.State) -> RunnerState:
    return RunnerState(
        engine=state.engine,
        engine_version=state.engine_version,
        reason=state.reason,
        cure=state.cure,
        weaknesses=state.weaknesses,
        languages=tuple(
            LanguageReadiness(
                language.id,
                language.name,
                language.state.value,
                language.detail,
                language.progress,
                dict(language.versions),
                language.self_test,
            )
            for language in state.languages
        ),
        slots=state.slots,
        busy=state.busy,
        queued=state.queued,
    )
