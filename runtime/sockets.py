"""Where the unix sockets of an instance live. A socket's path holds at most 107 bytes, so a deep checkout needs a detour."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from pathlib import Path

from runtime.account import own_folder
from runtime.errors import CannotStart

LONGEST = 107
LONGEST_NAME = "/.s.PGSQL.5432"


def socket_folder(state: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder (0700, owned by `user`) for the sockets of the instance whose state is `state`.

    The same state always gives the same folder, so that every command finds the running services.
    """
    inside = state / "s"
    if len(os.fsencode(inside)) + len(LONGEST_NAME) <= LONGEST:
        return own_folder(inside, user)
    return _short(state, user)


def _short(state: Path, user: pwd.struct_passwd | None) -> Path:
    name = "proofroom-" + hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    folder = _runtime_root() / name
    owner = user.pw_uid if user else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        # /tmp is open to all: a folder somebody else made under our name must not become ours.
        info = folder.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid not in (owner, os.geteuid()):
            raise CannotStart(f"{folder} belongs to somebody else: remove it, or move the checkout to a shorter path") from None
    return own_folder(folder, user)


def _runtime_root() -> Path:
    candidates = [Path("/run")] if os.geteuid() == 0 else [Path(f"/run/user/{os.geteuid()}")]
    return next((p for p in candidates if os.access(p, os.W_OK | os.X_OK)), Path("/tmp"))
