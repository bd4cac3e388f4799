"""The lock files name no host and no path, agree with each other, and the check for that finds planted faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.locks import LOCKS, complaints
from scripts.steps import ROOT

GOOD = "flask==3.1.3 \\\n    --hash=sha256:" + "0" * 64 + "\n"


def check(folder: Path, text: str, packages: dict[str, object] | None = None) -> list[str]:
    (folder / "app.txt").write_text(text)
    lock = folder / "package-lock.json"
    lock.write_text(json.dumps({"packages": packages or {}}))
    return complaints(folder, lock)


def test_our_locks_have_no_fault() -> None:
    assert complaints() == []
    assert {p.name for p in LOCKS.glob("*.txt")} == {"app.txt", "dev.txt", "embedded.txt", "uv.txt"}


def test_a_good_lock_passes(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "--find-links /opt/wheels",
        "flask @ https://mirror.example/flask.whl",
        "flask @ file:///opt/flask.whl",
        "flask==3.1.3",
        "flask>=3 \\",
        "# made by: uv pip compile -o /home/me/requirements/app.txt",
    ],
)
def test_a_host_a_path_or_a_loose_pin_is_found(tmp_path: Path, line: str) -> None:
    assert check(tmp_path, GOOD + line + "\n")


def test_two_locks_that_disagree_are_found(tmp_path: Path) -> None:
    (tmp_path / "dev.txt").write_text(GOOD.replace("3.1.3", "3.1.2"))
    assert check(tmp_path, GOOD) == ["flask is pinned differently: app.txt: ['3.1.3'], dev.txt: ['3.1.2']"]


def test_a_registry_host_or_a_missing_hash_in_the_browser_lock_is_found(tmp_path: Path) -> None:
    packages: dict[str, object] = {
        "node_modules/a": {"resolved": "https://registry.example/a.tgz", "integrity": "sha512-x"},
        "node_modules/b": {},
        "node_modules/c": {"inBundle": True},
    }
    assert [c.split(" ", 1)[1] for c in check(tmp_path, GOOD, packages)] == [
        "node_modules/a names a registry host", "node_modules/b has no integrity hash"]  # fmt: skip


def test_every_named_package_stands_in_its_lock() -> None:
    for source in LOCKS.glob("*.in"):
        wanted = [line.split(";")[0].split("==")[0].split("[")[0].strip().lower() for line in source.read_text().splitlines()]
        pinned = {line.split("==")[0].split("[")[0] for line in source.with_suffix(".txt").read_text().splitlines()}
        assert {w for w in wanted if w and not w.startswith("#")} <= pinned, source.name


def test_browser_packages_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert version[0].isdigit(), name
