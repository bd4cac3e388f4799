"""From the agent's report to a TestResult. The sandbox never says WRONG: it knows no expected output."""

import os
import signal
from dataclasses import replace

from sandbox.agentlink import Reason, Report
from sandbox.protocol import Limits, Status, TestResult

_BY_REASON = {
    Reason.WALL: Status.TIME, Reason.CPU: Status.TIME, Reason.OUTPUT: Status.OUTPUT, Reason.MEMORY: Status.MEMORY,
    Reason.DISK: Status.DISK, Reason.EXEC_FAILED: Status.RUNTIME_ERROR, Reason.KILLED: Status.SIGNAL,
}
# Pages of files and libraries count in a process's peak, but not against its limit, which the box keeps.
SHARED_PAGES_KB = 64 * 1024


def status_of(report: Report, memory_kb: int) -> Status:
    """`memory_kb` is the limit that held for the run."""
    if report.oom:
        return Status.MEMORY
    if report.reason is not Reason.EXITED:
        return _BY_REASON[report.reason]
    if report.signal == signal.SIGXFSZ or (report.disk_full and report.exit_code != 0):
        return Status.DISK
    if report.signal is not None:
        return Status.SIGNAL
    if report.exit_code != 0:
        return Status.RUNTIME_ERROR
    return Status.MEMORY if report.peak_kb > memory_kb + SHARED_PAGES_KB else Status.OK


def detail_of(report: Report, limits: Limits) -> str:
    """A short sentence where the status alone leaves a question."""
    match report.reason:
        case Reason.WALL:
            return f"stopped after {limits.wall_ms} ms"
        case Reason.CPU:
            return f"stopped after {limits.cpu_ms} ms of CPU time"
        case Reason.OUTPUT:
            return f"wrote more than {limits.output_bytes} bytes"
        case Reason.EXEC_FAILED:
            return f"the program cannot be started: {os.strerror(report.exec_error)}"
        case Reason.KILLED:
            return "ended on request"
    return ""


def test_result(name: str, report: Report, limits: Limits, memory_kb: int) -> TestResult:
    failed_exec = report.reason is Reason.EXEC_FAILED
    return TestResult(
        id=name,
        status=status_of(report, memory_kb),
        exit_code=None if failed_exec else report.exit_code,
        signal=report.signal,
        wall_ms=round(report.wall_us / 1000),
        cpu_ms=round(report.cpu_us / 1000),
        peak_memory_kb=report.peak_kb,
        stdout=report.stdout,
        stderr=report.stderr,
        stdout_truncated=report.out_total > len(report.stdout),
        stderr_truncated=report.err_total > len(report.stderr),
        collected=report.collected,
        collected_truncated=report.collect_truncated,
        detail=detail_of(report, limits),
    )


def build_result(report: Report, limits: Limits, memory_kb: int) -> TestResult:
    """A compiler that fails is a BUILD_ERROR; one that runs out of time or memory keeps that status."""
    result = test_result("build", report, limits, memory_kb)
    status, detail = result.status, result.detail
    if status in (Status.RUNTIME_ERROR, Status.SIGNAL):
        status = Status.BUILD_ERROR
    if status is Status.OK and report.snapshot_failed:
        status, detail = Status.BUILD_ERROR, "the build made more than 96 MB or 4000 files"
    return replace(result, status=status, detail=detail)
