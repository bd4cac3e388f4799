"""The Python environment: `.tools` holds uv (hash-pinned), `.venv` what the locks say and nothing else.

A linked `.venv` belongs to whoever made the link and is used as it is.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.steps import ROOT, Failed, digest, is_done, mark_done, run, step

TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"
STAMP = VENV / ".installed"
OLDEST = (3, 11)
SETS = {"app": ("app.txt", "embedded.txt"), "dev": ("app.txt", "embedded.txt", "dev.txt")}


def prepare(kind: str) -> Path:
    """Make `.venv` hold the set `app` or `dev`; return its interpreter. Quick when nothing has changed."""
    if VENV.is_symlink():
        return PYTHON
    check_machine()
    key = _key(kind)
    # After `make test`, `make run` must not throw the tests' packages out again.
    if any(is_done(STAMP, k) for k in {key, _key("dev")}) and _works(PYTHON):
        return PYTHON
    uv()
    with step(f"installing the Python packages ({kind}) into .venv"):
        if not _works(PYTHON):
            shutil.rmtree(VENV, ignore_errors=True)
            run([sys.executable, "-m", "venv", "--without-pip", VENV], cure=_VENV_CURE)
        STAMP.unlink(missing_ok=True)
        _sync(kind, PYTHON)
        mark_done(STAMP, key)
    return PYTHON


def other(python: str) -> Path:
    """An environment of the set `dev` for another Python found on this machine; returns its interpreter."""
    venv = ROOT / ".cache" / f"venv-{Path(python).name}"
    stamp, key = venv / ".installed", digest([LOCKS / name for name in SETS["dev"]], python)
    if not is_done(stamp, key):
        with step(f"installing the Python packages for {Path(python).name}"):
            shutil.rmtree(venv, ignore_errors=True)
            run([python, "-m", "venv", "--without-pip", venv], cure=_VENV_CURE)
            _sync("dev", venv / "bin" / "python")
            mark_done(stamp, key)
    return venv / "bin" / "python"


def _sync(kind: str, python: Path) -> None:
    locks = [LOCKS / name for name in SETS[kind]]
    run([uv(), "pip", "sync", "--no-config", "--require-hashes", "--only-binary", ":all:", "--python", python, *locks],
        environment={"UV_NO_PROGRESS": "1"},
        cure="The packages come from PyPI as wheels: this machine must reach it, or a mirror named in UV_INDEX_URL.")  # fmt: skip


def check_machine() -> None:
    """Everything that is missing on this machine, in one list. Raises Failed."""
    missing = []
    if sys.version_info < OLDEST:
        missing.append(f"Python {OLDEST[0]}.{OLDEST[1]} or newer (this is {platform.python_version()}): "
                       "install one and call make with PYTHON=/path/to/python3.11")  # fmt: skip
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        missing.append("the venv module (Debian: apt-get install python3-venv)")
    if platform.libc_ver()[0] != "glibc" and sys.platform == "linux":
        missing.append("glibc (the wheels of the embedded services are made for it; Alpine will not do)")
    if missing:
        raise Failed("\n".join(["Missing on this machine:", *(f"  - {m}" for m in missing)]))


def uv() -> Path:
    """uv in `.tools`, by pip with a hash."""
    binary, stamp, lock = TOOLS / "bin" / "uv", TOOLS / ".installed", LOCKS / "uv.txt"
    key = digest([lock], platform.python_version())
    if not (is_done(stamp, key) and binary.exists()):
        with step("installing uv into .tools"):
            shutil.rmtree(TOOLS, ignore_errors=True)
            run([sys.executable, "-m", "venv", TOOLS], cure=_VENV_CURE)
            run([TOOLS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                 "--only-binary", ":all:", "-r", lock], cure="This machine must reach PyPI, or a mirror that pip is told of.")  # fmt: skip
            mark_done(stamp, key)
    return binary


def _key(kind: str) -> str:
    return digest([LOCKS / name for name in SETS[kind]], kind, platform.python_version(), platform.machine())


def _works(python: Path) -> bool:
    """Whether the interpreter starts and is the one we run on: a moved checkout or a replaced Python breaks it."""
    ask = "import sys; print(sys.version_info[:3], sys.prefix)"
    try:
        done = subprocess.run([python, "-c", ask], capture_output=True, text=True, timeout=30, env=_plain())
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == f"{sys.version_info[:3]} {VENV}"


def _plain() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


_VENV_CURE = "Debian: apt-get install python3-venv"
