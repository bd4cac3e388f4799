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
    """Whether `user` may pass through every folder above `path` and run the program `path`."""
    path = path.resolve()
    return enters(path.parent, user) and (user is None or _grants(path, user, stat.S_IROTH | stat.S_IXOTH))


def enters(folder: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether `user` may pass through `folder` and every folder above it."""
    folder = folder.resolve()
    return user is None or all(_grants(p, user, stat.S_IXOTH) for p in (folder, *folder.parents))


def _grants(path: Path, user: pwd.struct_passwd, wanted: int) -> bool:
    info = path.stat()
    return info.st_uid == user.pw_uid or info.st_mode & wanted == wanted


def own_folder(path: Path, user: pwd.struct_passwd | None) -> Path:
    """Make `path` a folder that `user` (or we) alone may enter, and return it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None and path.stat().st_uid != user.pw_uid:
        os.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(0o700)
    return path
