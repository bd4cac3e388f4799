"""The set-up scripts' own judgement: versions, stamps, results of suites, the help of the Makefile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import browser, environment, steps, suites
from scripts.suites import Result, Suite, junit, nothing, vitest
from scripts.test import summary


@pytest.mark.parametrize(
    ("version", "accepted"),
    [("v18.20.4", False), ("v20.18.9", False), ("v20.19.0", True), ("v21.9.0", False), ("v22.11.0", False), ("v22.12.0", True),
     ("v24.19.0", True), ("nonsense", False)],
)  # fmt: skip
def test_the_node_that_vite_accepts(tmp_path: Path, version: str, accepted: bool) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert browser.new_enough(str(node)) is accepted


def test_a_hash_follows_names_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    (tmp_path / "a").write_text("1")
    first = steps.digest([tmp_path])
    assert steps.digest([tmp_path]) == first
    (tmp_path / "a").rename(tmp_path / "b")
    renamed = steps.digest([tmp_path])
    (tmp_path / "b").write_text("2")
    assert len({first, renamed, steps.digest([tmp_path]), steps.digest([tmp_path], "more")}) == 4


def test_a_failed_program_is_shown_with_its_cure() -> None:
    with pytest.raises(steps.Failed, match=r"(?s)ended with 3:\nno luck\ndo this"):
        steps.run([sys.executable, "-c", "print('no luck'); raise SystemExit(3)"], cure="do this")


def test_everything_missing_is_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "OLDEST", (9, 0))
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(steps.Failed) as told:
        environment.check_machine()
    assert "Python 9.0 or newer" in str(told.value)
    assert "apt-get install python3-venv" in str(told.value)


def test_a_suite_whose_program_fails_is_a_failure() -> None:
    result = Suite("planted", [sys.executable, "-c", "raise SystemExit(2)"], nothing).run({})
    assert (result.passed, result.failed) == (0, 1)


def test_a_suite_that_passes_counts_as_one() -> None:
    assert Suite("planted", [sys.executable, "-c", ""], nothing).run({}).passed == 1


def test_no_test_with_a_marker_is_no_failure(tmp_path: Path) -> None:
    suite = Suite("planted", [sys.executable, "-m", "pytest", "-m", "e2e and engine and stack", str(tmp_path)], junit)
    suite.argv[1:3] = ["-c", "raise SystemExit(5)", "pytest"]
    result = suite.run({})
    assert result.failed == 0


def test_results_of_pytest_are_read(tmp_path: Path) -> None:
    (tmp_path / "test_four.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 0\n"
        "def test_left_out(): pytest.skip('not here')\n"
        "@pytest.fixture\ndef broken(): raise RuntimeError\n"
        "def test_broken(broken): pass\n"
    )
    report, result = tmp_path / "report", Result("x")
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", f"--junitxml={report}", str(tmp_path)],
                   capture_output=True, check=False)  # fmt: skip
    junit(report, result)
    assert (result.passed, result.failed, result.skipped) == (1, 2, 1)
    assert any(name.endswith("test_bad") for name in result.failures)
    assert result.skips[0].endswith("not here")


def test_results_of_vitest_are_read(tmp_path: Path) -> None:
    report, result = tmp_path / "report", Result("x")
    cases = [{"fullName": "adds", "status": "passed"}, {"fullName": "splits", "status": "failed"}]
    files = [{"name": "a.test.ts", "status": "failed", "assertionResults": cases},
             {"name": "b.test.ts", "status": "failed", "assertionResults": []}]  # fmt: skip
    counts = {"numPassedTests": 1, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 0}
    report.write_text(json.dumps({**counts, "testResults": files}))
    vitest(report, result)
    assert (result.passed, result.failed, result.skipped, result.failures) == (1, 2, 2, ["splits", "b.test.ts"])


def test_the_summary_ends_in_the_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Result("unit", passed=810), Result("e2e", passed=2, failed=1, failures=["tests.e2e::test_story"])
    assert summary([good], 1.0) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "810 passed, 0 failed"
    assert summary([good, bad], 1.0) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "812 passed, 1 failed"
    assert "FAILED   e2e: tests.e2e::test_story" in out


def test_every_marked_test_belongs_to_exactly_one_suite() -> None:
    markers = [s.argv[s.argv.index("-m", 3) + 1] for s in suites.test_suites() if "pytest" in s.argv]
    for bits in range(8):
        names = {"engine": bool(bits & 1), "stack": bool(bits & 2), "e2e": bool(bits & 4)}
        assert sum(bool(eval(m, {}, names)) for m in markers) == 1, names


def test_make_alone_lists_the_targets() -> None:
    out = subprocess.run(["make"], cwd=steps.ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "demo", "types", "lint", "format", "lock", "bench"):
        assert f"  make {target} " in out
