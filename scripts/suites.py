"""The suites of `make test`, and how each one's result is read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts import environment, pythons
from scripts.browser import Node
from scripts.environment import VENV
from scripts.steps import ROOT, Failed

REPORTS = ROOT / ".cache" / "reports"
LIMIT_SECONDS = 1500.0
QUICK = "not engine and not stack and not e2e"


@dataclass
class Result:
    """The outcome of one suite; `missing` says why it could not run at all."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    missing: str = ""
    failures: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)


@dataclass
class Suite:
    """A program whose exit code and, if it writes one, report are the result."""

    name: str
    argv: list[str]
    read: Callable[[Path, Result], None]
    needs: str = ""  # what must be there: "engine", "browser" or nothing
    optional: bool = False  # what it needs cannot be brought: where that is missing, it is named, not failed
    quiet: bool = False  # its output is worth reading only when it failed

    @property
    def report(self) -> Path:
        """Where the program writes its report."""
        return REPORTS / f"{self.name}.report"

    def run(self, environment: Mapping[str, str]) -> Result:
        """Run it to its end, or to the limit."""
        self.report.unlink(missing_ok=True)
        result, begun = Result(self.name), time.monotonic()
        code = _run_bounded(self.argv, environment, self.quiet)
        result.seconds = time.monotonic() - begun
        self.read(self.report, result)
        if code == 5 and "pytest" in self.argv and not result.failed:  # no test has the marker
            code = 0
        if code == 0 and not self.report.exists():
            result.passed = 1
        if code != 0 and not result.failed:
            result.failed = 1
            result.failures.append(f"{self.name}: exit code {code}" + (" (took too long)" if code == -signal.SIGKILL else ""))
        return result


def _run_bounded(argv: list[str], environment: Mapping[str, str], quiet: bool) -> int:
    """Run in a group of its own, so that at the limit everything it started is ended with it."""
    process = subprocess.Popen(
        argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True, text=True, errors="replace",
        stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None)  # fmt: skip
    try:
        output, _ = process.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL
    finally:  # also when we are told to stop
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if quiet and process.returncode != 0:
        print(output, flush=True)
    return process.returncode


def nothing(_report: Path, _result: Result) -> None:
    """For programs whose exit code says it all."""


def junit(report: Path, result: Result) -> None:
    """Counts and names from pytest's JUnit XML (written by our own child: no hostile input)."""
    if not report.exists():
        return
    for case in xml.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
            result.failures.append(name)
        elif skip is not None and skip.get("type") != "pytest.xfail":
            result.skipped += 1
            result.skips.append(f"{name}: {skip.get('message')}")
        else:
            result.passed += 1


def vitest(report: Path, result: Result) -> None:
    """Counts and names from vitest's JSON."""
    if not report.exists():
        return
    found = json.loads(report.read_text())
    result.passed, result.failed = found["numPassedTests"], found["numFailedTests"]
    result.skipped = found["numPendingTests"] + found["numTodoTests"]
    for file in found["testResults"]:
        if file["status"] == "failed" and not file["assertionResults"]:  # it could not even be loaded
            result.failed += 1
            result.failures.append(file["name"])
        result.failures += [c["fullName"] for c in file["assertionResults"] if c["status"] == "failed"]


def lint_suites() -> list[Suite]:
    """Style and import contracts."""
    bin_ = VENV / "bin"
    return [
        Suite("ruff", [str(bin_ / "ruff"), "check", "--quiet", "."], nothing, quiet=True),
        Suite("imports", [str(bin_ / "lint-imports"), "--no-cache"], nothing, quiet=True),
    ]


def lock_suites() -> list[Suite]:
    """The locks, for the Pythons and processors that we name."""
    return [Suite("locks", [sys.executable, "-m", "scripts.resolve"], nothing, quiet=True)]


# Without database and Redis, so that they take a minute; there is no Redis wheel for 3.13.
PURE = ("tests/evidence", "tests/core", "tests/server", "tests/sandbox/test_protocol.py", "tests/runtime/test_locks.py")


def other_pythons() -> tuple[list[Suite], dict[str, str]]:
    """The pure tests once more on every other Python we support, and which of them are not on this machine."""
    found = [_on(version) for version in pythons.VERSIONS]
    return [suite for suite, _why in found], {suite.needs: why for suite, why in found}


def _on(version: str) -> tuple[Suite, str]:
    """The suite of one version, and why it cannot run here (or nothing)."""
    suite = _pytest(f"py{version}", QUICK, "--pure", "-n", "2", *PURE, needs=f"python{version}")
    python = pythons.find(version)
    if sys.version_info[:2] == tuple(int(number) for number in version.split(".")):
        suite.optional = True
        return suite, "all other suites ran on it"
    if python is None:
        suite.optional = True
        return suite, f"no Python {version} on this machine"
    try:
        suite.argv[0] = str(environment.other(python))
    except Failed as failed:
        return suite, str(failed)
    return suite, ""


def type_suites() -> list[Suite]:
    """Types of both languages."""
    modules = ROOT / "node_modules"
    return [
        Suite("mypy", [str(VENV / "bin" / "python"), "-m", "mypy"], nothing, quiet=True),
        Suite("tsc", [Node().node, str(modules / "typescript" / "bin" / "tsc"), "--noEmit"], nothing, quiet=True),
    ]


def test_suites() -> list[Suite]:
    """What runs the code: quick tests side by side, everything that owns an engine, a stack or a browser one by one."""
    browser_tests = Suite("vitest", [], vitest, quiet=True)
    browser_tests.argv = [Node().node, str(ROOT / "node_modules" / "vitest" / "vitest.mjs"), "run", "--passWithNoTests",
                          "--reporter=default", "--reporter=json", f"--outputFile.json={browser_tests.report}"]  # fmt: skip
    return [
        browser_tests,
        _pytest("unit", QUICK, "-n", "2", "--dist", "loadfile"),
        _pytest("engine", "engine and not stack and not e2e", needs="engine"),
        _pytest("stack", "stack and not e2e"),
        _pytest("e2e", "e2e", needs="browser"),
    ]


def _pytest(name: str, marker: str, *more: str, needs: str = "") -> Suite:
    suite = Suite(name, [], junit, needs=needs)
    suite.argv = [str(environment.PYTHON), "-m", "pytest", "-m", marker, f"--junitxml={suite.report}",
                  "--durations=5", *more]  # fmt: skip
    return suite
