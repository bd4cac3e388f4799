"""The other Pythons we support, where this machine has them: on PATH, from pyenv, or under /usr/local and /opt."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

VERSIONS = ("3.12", "3.13")


def find(version: str) -> str | None:
    """A working interpreter of that version (such as "3.12") with its venv module, or None."""
    return next((path for path in _candidates(version) if _works(path, version)), None)


def _candidates(version: str) -> Iterator[str]:
    name = f"python{version}"
    if on_path := shutil.which(name):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for folder in (pyenv, Path("/opt"), Path("/usr/local")):
        yield from (str(path) for path in sorted(folder.glob(f"*/bin/{name}")))
    yield from (str(folder / name) for folder in (Path("/usr/local/bin"), Path("/usr/bin")))


def _works(python: str, version: str) -> bool:
    """Whether it starts (a version manager's shim may lead nowhere) and is what its name says."""
    ask = [python, "-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(ask, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == version
