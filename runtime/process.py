"""What the kernel does for us: children that die with their parent, orphans that come to us, who works in a folder.

Linux only. Elsewhere (macOS) the calls that need `prctl` or `/proc` do nothing and find nothing: the tree still
starts and stops, but a `kill -9` of its head may leave children.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# The signals by which people, terminals and other supervisors tell us to stop.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Loaded once, before any fork: loading a library between fork and exec is not safe.
_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Orphans of our descendants become our children instead of init's."""
    if LINUX:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int, sig: int = signal.SIGKILL) -> None:
    """Ask the kernel to send us `sig` when `parent` ends; end at once when it already has.

    Must come after a change of user (setuid clears the request). The kernel watches the parent's *thread*, so the
    parent must spawn from its main thread.
    """
    if not LINUX:
        return
    _libc.prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def child_setup(user: pwd.struct_passwd | None, orphan_signal: int) -> Callable[[], None]:
    """The `preexec_fn` of a child: give up root for `user`, then die with this process."""
    parent = os.getpid()

    def setup() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        die_with_parent(parent, orphan_signal)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    return setup


def processes_in(folder: Path) -> list[int]:
    """Pids of the processes whose working directory is `folder`."""
    return [pid for pid in _pids() if working_folder(pid) == str(folder)]


def children_of(pid: int) -> list[int]:
    """Pids of the direct children of `pid` (of any of its threads)."""
    return [p for p in _pids() if _parent(p) == pid]


def descendants_of(pid: int) -> list[int]:
    """Pids of everything below `pid`, parents before children."""
    below: dict[int, list[int]] = {}
    for p in _pids():
        below.setdefault(_parent(p), []).append(p)
    found = list(below.get(pid, []))
    for p in found:
        found.extend(below.get(p, []))
    return found


def kill(pid: int, sig: int = signal.SIGKILL) -> None:
    """Send `sig`; a process that is already gone is no error."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sig)


def kill_group(pid: int, sig: int = signal.SIGKILL) -> None:
    """Send `sig` to the whole process group led by `pid`; a group that is already gone is no error."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, sig)


def _pids() -> Iterator[int]:
    if not LINUX:
        return
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield int(name)


def working_folder(pid: int) -> str:
    """The working directory of a process; empty when it is gone or not ours to see."""
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def _parent(pid: int) -> int:
    """The parent's pid, or -1. The name in the second field may hold spaces and brackets: read after the last one."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return -1
