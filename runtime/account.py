"""The system user that the embedded database and Redis run as when we are root (PostgreSQL refuses root)."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path

from runtime.errors import CannotStart

NAME = "proofroom-data"


def data_user() -> pwd.struct_passwd | None:
    """The user for the data services, made on first use; None when we are not root and run them as ourselves."""
    if os.geteuid() != 0:
        return None
    deadline = time.monotonic() + 10
    complaint = ""
    while time.monotonic() < deadline:
        try:
            return pwd.getpwnam(NAME)
        except KeyError:
            # Two starts at once compete for the lock of /etc/passwd: the loser looks again.
            complaint = _make() or complaint
            time.sleep(0.1)
    raise CannotStart(
        f"cannot create the system user {NAME} that the embedded database runs as: {complaint}. "
        "Create it by hand (useradd --system), or set DATABASE_URL and REDIS_URL."
    )


def _make() -> str:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return "useradd is not installed"
    argv = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    return done.stderr.strip()


def reaches(path: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether `user` may pass through every folder above `path` and read `path` itself."""
    if user is None:
        return True
    path = path.resolve()
    return _open_to(path, user, stat.S_IROTH) and all(_open_to(p, user, 0) for p in path.parents)


def _open_to(path: Path, user: pwd.struct_passwd, also: int) -> bool:
    info = path.stat()
    if info.st_uid == user.pw_uid:
        return True
    wanted = stat.S_IXOTH | also
    return info.st_mode & wanted == wanted


def own_folder(path: Path, user: pwd.struct_passwd | None) -> Path:
    """Make `path` a folder that `user` (or we) alone may enter, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None and path.stat().st_uid != user.pw_uid:
        os.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(0o700)
    return path
