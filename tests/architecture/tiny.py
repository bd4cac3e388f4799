"""A tiny tree with the packages and the import contracts of the real one, to plant faults in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["contracts"]}
# What the contracts name inside a feature; every layer of core is made from the contract itself.
SEAMS = (
    "core/gateways/runner/client.py",
    "core/gateways/runner/port.py",
    "core/runs/rules.py",
    "core/assessments/rules/clock.py",
    "core/runs/actions.py",
    "core/review/queries.py",
    "core/settings.py",
    "core/wiring.py",
    "core/tables.py",
    "sandbox/protocol.py",
    "sandbox/client.py",
    "sandbox/runner.py",
)


def layers_of_core() -> set[str]:
    """Every feature that must be there; one in brackets may be missing."""
    named = {name.strip() for layer in CONTRACTS["core-layers"]["layers"] for name in layer.split("|")}
    return {name for name in named if not name.startswith("(")}


def plant(tree: Path, faults: dict[str, str]) -> Path:
    """Make the tree in `tree`, with the lines of `faults` ({file: lines}) as its only imports."""
    (tree / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for name in (*CONFIG["root_packages"], *(f"core/{layer}" for layer in layers_of_core() - {"settings", "tables", "wiring"})):
        _module(tree, f"{name}/__init__.py", "")
    for name in (*SEAMS, *(f for f in faults if f not in SEAMS)):
        _module(tree, name, faults.get(name, ""))
    return tree


def _module(tree: Path, name: str, text: str) -> None:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(tree).parents:
        if folder != Path():
            (tree / folder / "__init__.py").touch()
    path.write_text(text)


def broken(tree: Path) -> set[str]:
    """The ids of the contracts that lint-imports reports as broken there. Raises on any other failure."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=tree, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"})  # fmt: skip
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.*\))?$", done.stdout, re.MULTILINE))
    names = {contract["name"]: id_ for id_, contract in CONTRACTS.items()}
    assert verdicts.keys() == names.keys(), done.stdout + done.stderr
    found = {names[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert bool(found) == bool(done.returncode)
    return found
