"""Where an instance keeps its data, and its secret key."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path


def state_folder(checkout: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of all data: PROOFROOM_STATE_DIR, else `var` of the checkout.

    For root in a checkout below a closed folder (/root) it is /var/lib/proofroom-<hash>: the database runs as another
    user, which cannot pass through the closed folder, and opening that is not ours to do.
    """
    given = environ.get("PROOFROOM_STATE_DIR")
    if given:
        return Path(given).resolve()
    checkout = checkout.resolve()
    if os.geteuid() == 0 and not all(p.stat().st_mode & stat.S_IXOTH for p in (checkout, *checkout.parents)):
        return Path("/var/lib") / ("proofroom-" + hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12])
    return checkout / "var"


def secret_key(state: Path) -> str:
    """The key that signs sessions, made once; readable by its owner alone."""
    path = state / "secret-key"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(fd, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text().strip()
