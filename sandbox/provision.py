"""Brings bubblewrap and the toolchains to a machine without Docker: through apt, as root on Debian, else not at all."""

import os
import pwd
import shutil
import subprocess
import threading
from pathlib import Path

from sandbox.engines.base import EngineError

SYSTEM_USER = "proofroom-sandbox"
_apt = threading.Lock()


def may_install() -> bool:
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def ensure_bubblewrap() -> None:
    """bwrap on PATH, installed if that is ours to do. Raises EngineError."""
    if shutil.which("bwrap"):
        return
    install(("bubblewrap", "gcc", "libc6-dev"), "bubblewrap")


def install(packages: tuple[str, ...], what: str) -> None:
    """apt-get install, with fresh lists when the first try does not find them. Raises EngineError."""
    cure = f"apt-get install {' '.join(packages)}"
    if not may_install():
        raise EngineError(f"{what} is not installed", cure)
    with _apt:
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        if _run(command).returncode == 0:
            return
        _run(["apt-get", "update", "-qq"])
        done = _run(command)
    if done.returncode:
        raise EngineError(f"{what} could not be installed: {done.stderr.strip()[-200:]}", cure)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=1800, check=False,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"{command[0]} did not end within 30 minutes", "see whether another apt holds its lock") from error


def ensure_user() -> tuple[int, int]:
    """uid and gid of the system user that boxes start under when sandboxd is root. Raises EngineError."""
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        done = _run(["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin",
                     SYSTEM_USER])
        if done.returncode not in (0, 9):  # 9: somebody else has just made it
            raise EngineError(f"the user {SYSTEM_USER} cannot be made: {done.stderr.strip()[-200:]}",
                              f"useradd --system {SYSTEM_USER}") from None
        entry = pwd.getpwnam(SYSTEM_USER)
    return entry.pw_uid, entry.pw_gid
