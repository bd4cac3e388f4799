"""What must hold for the lock files; the tests and `make lock` ask."""

from __future__ import annotations

import json
import re
from pathlib import Path

from scripts.steps import ROOT

LOCKS = ROOT / "requirements"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^ ]+)( ; [^\\]+)? \\$")


def complaints(folder: Path = LOCKS, package_lock: Path = ROOT / "package-lock.json") -> list[str]:
    """Every fault of the locks, each with its file and line."""
    found = []
    pins: dict[str, dict[str, set[str]]] = {}  # package -> lock -> versions (several when markers divide them)
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            where = f"{path.name}:{number}"
            if "://" in line or re.search(r"(^|[\s=@])/[\w.]", line) or re.search(r"\bindex\b|find-links", line):
                found.append(f"{where} names a host, a path or an index: {line.strip()}")
            pin = PIN.match(line)
            if pin is None and not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line):
                found.append(f"{where} is neither a pinned package nor a hash: {line.strip()}")
            elif pin is not None:
                pins.setdefault(pin[1], {}).setdefault(path.name, set()).add(pin[2])
    return found + _disagreements(pins) + _package_lock(package_lock)


def _disagreements(pins: dict[str, dict[str, set[str]]]) -> list[str]:
    """The sets are installed together: they must pin one package alike."""
    return [
        f"{package} is pinned differently: {', '.join(f'{k}: {sorted(v)}' for k, v in locks.items())}"
        for package, locks in pins.items()
        if not set.intersection(*locks.values())
    ]


def _package_lock(path: Path) -> list[str]:
    packages = json.loads(path.read_text())["packages"]
    return [
        f"{path.name}: {name} {fault}"
        for name, entry in packages.items()
        for wrong, fault in (
            ("resolved" in entry, "names a registry host"),
            (name != "" and not {"integrity", "inBundle", "link"} & entry.keys(), "has no integrity hash"),
        )
        if wrong
    ]
