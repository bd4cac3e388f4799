"""What is in the repository: no registry host, no path of somebody's machine, no secret, nothing made or large."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tiny import ROOT

FAULTS = {
    "a registry host": re.compile(
        r"registry\.npmjs|pythonhosted|pypi\.org/simple|artifactory|//[\w.-]*(?:nexus|mirror|proxy)[\w-]*\.[a-z]|ghcr\.io|gcr\.io",
        re.IGNORECASE,
    ),
    "a machine's path": re.compile(r"(?<![\w.])(?:/home/[a-z]\w*|/Users/[A-Za-z]\w*|/root/\.?\w|[CD]:\\\\Users|/work/(?!\W))"),
    "a private key": re.compile(r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"),
    "a conflict mark": re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE),
}
# Where such a text is itself the subject, with the reason.
ALLOWED = {
    "tests/architecture/test_tracked_files.py": "the patterns and their planted faults",
    "tests/runtime/test_locks.py": "planted faults for the check of the locks",
}
LARGEST = 400_000
LARGE = {"package-lock.json", "requirements/app.txt", "requirements/dev.txt",
         "packs/log-parser/tests/volume/one-client-floods.in"}  # fmt: skip
NEVER = re.compile(r"(^|/)(node_modules|\.venv|__pycache__|\.cache|var|built)/|\.(pyc|log|sqlite|pem|key)$|(^|/)\.env$")


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def faults_of(text: str) -> set[str]:
    return {name for name, pattern in FAULTS.items() if pattern.search(text)}


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return "" if b"\0" in raw[:8000] else raw.decode(errors="replace")


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = {name: bad for name in tracked() if name not in ALLOWED and (bad := faults_of(_text(ROOT / name)))}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [("resolved https://registry.npm" "js.org/a.tgz", "a registry host"), ("--index-url https://my-mirror.example/simple", "a registry host"),
     ("see /home/priya/notes", "a machine's path"), ('open("/root/.netrc")', "a machine's path"), ("cd /wo" "rk/tree", "a machine's path"),
     ("-----BEGIN PRIVATE KEY-----", "a private key"), ("x\n<<<<<<< HEAD\n", "a conflict mark")],
)  # fmt: skip
def test_planted_faults_are_found(text: str, fault: str) -> None:
    assert faults_of(text) == {fault}


def test_ordinary_paths_and_addresses_pass() -> None:
    assert faults_of("/usr/bin /etc/debian_version below /root, https://example.org and http://localhost:8000/work/") == set()


def test_every_exception_is_still_one() -> None:
    assert {name for name in ALLOWED if faults_of(_text(ROOT / name))} == set(ALLOWED)


def test_nothing_made_and_nothing_large_is_tracked() -> None:
    assert [name for name in tracked() if NEVER.search(name)] == []
    large = {name for name in tracked() if (ROOT / name).stat().st_size > LARGEST}
    assert large <= LARGE
