"""Other Pythons are found wherever they are, and one that is missing is named in the summary."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import environment, machine, pythons, suites
from scripts import test as runner
from scripts.steps import Failed


def fake(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_one_of_pyenv_is_found_behind_a_shim_that_leads_nowhere(home: Path) -> None:
    shim = fake(home / "bin" / "python9.7", "x")
    shim.write_text("#!/bin/sh\nexit 127\n")
    real = fake(home / "pyenv" / "versions" / "9.7.1" / "bin" / "python9.7", "9.7")
    assert pythons.find("9.7") == str(real)


def test_one_that_says_something_else_is_not_taken(home: Path) -> None:
    fake(home / "bin" / "python9.7", "9.6")
    assert pythons.find("9.7") is None


def test_a_missing_one_is_named_and_not_failed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pythons, "VERSIONS", ("9.7",))
    monkeypatch.setattr(machine, "strict", lambda: True)
    found, missing = suites.other_pythons()
    assert missing == {"python9.7": "no Python 9.7 on this machine"}
    result = runner.run_suite(found[0], {}, missing)
    assert (result.failed, result.missing) == (0, "no Python 9.7 on this machine")


def test_one_whose_packages_do_not_install_is_a_failure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_python: str) -> Path:
        raise Failed("no wheel for it")

    fake(home / "bin" / "python9.7", "9.7")
    monkeypatch.setattr(pythons, "VERSIONS", ("9.7",))
    monkeypatch.setattr(machine, "strict", lambda: True)
    monkeypatch.setattr(environment, "other", broken)
    found, missing = suites.other_pythons()
    result = runner.run_suite(found[0], {}, missing)
    assert (result.failed, result.missing) == (1, "no wheel for it")


def test_our_own_version_does_not_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pythons, "VERSIONS", (f"{sys.version_info[0]}.{sys.version_info[1]}",))
    assert list(suites.other_pythons()[1].values()) == ["all other suites ran on it"]


def test_what_they_run_needs_no_service() -> None:
    for folder in suites.PURE:
        assert (suites.ROOT / folder).exists()
