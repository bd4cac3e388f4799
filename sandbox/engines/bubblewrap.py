"""The bubblewrap engine, for machines without Docker: the host's own toolchains, read-only, in namespaces of one job.

bwrap is never started as root: sandboxd as root goes through the launcher, which drops to a system user first. The agent
is PID 1 (--as-pid-1) and speaks over a socket of its own, never over bwrap's stdin and stdout.
"""

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from sandbox import provision
from sandbox.agentlink import Transport
from sandbox.engines.base import Box, BoxSpec, EngineError, Progress
from sandbox.engines.cgroups import Cgroups, Group
from sandbox.languages.base import Language
from sandbox.seccomp import policy

AGENT_MB = 24
# Parts of the host a toolchain needs. /usr/local, /home, /opt, /var and most of /etc stay outside.
READ_ONLY = (
    "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/libexec", "/usr/include", "/usr/share/nodejs", "/usr/share/javascript",
    "/usr/share/zoneinfo", "/etc/alternatives", "/etc/ld.so.cache", "/etc/java-17-openjdk", "/etc/java-21-openjdk", "/etc/localtime",
)
LINKS = (("usr/bin", "/bin"), ("usr/lib", "/lib"), ("usr/lib64", "/lib64"), ("usr/bin", "/sbin"))
ACCOUNTS = "root:x:0:0::/:/usr/sbin/nologin\nnobody:x:65534:65534::/tmp:/usr/sbin/nologin\n"
GROUP = "root:x:0:\nnogroup:x:65534:\n"


class SocketTransport:
    """Our end of the channel's socket pair."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._ended = False

    def fileno(self) -> int:
        return self._sock.fileno()

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def send_some(self, data: memoryview) -> int:
        try:
            return self._sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0

    def receive(self) -> bytes:
        part = self._sock.recv(1 << 18)
        self._ended = self._ended or not part
        return part

    def ended(self) -> bool:
        return self._ended

    def close(self) -> None:
        self._sock.close()


class BubblewrapBox:
    """One bwrap and its control group."""

    def __init__(self, process: subprocess.Popen[bytes], sock: socket.socket, group: Group | None) -> None:
        self.transport: Transport = SocketTransport(sock)
        self._process = process
        self._group = group
        self._lock = threading.Lock()

    def destroy(self) -> None:
        with self._lock:
            self.transport.close()
            # bwrap was started with --die-with-parent: its end is the end of the agent, PID 1, and so of the whole box.
            self._process.kill()
            self._process.wait()
            if self._group is not None:
                self._group.destroy()
                self._group = None


class BubblewrapEngine:
    """See engines/base.py."""

    name = "bubblewrap"

    def __init__(self, instance: str, programs: dict[str, Path]) -> None:
        self._bwrap = shutil.which("bwrap") or ""
        self._programs = programs
        self._user = provision.ensure_user() if os.geteuid() == 0 else (os.geteuid(), os.getegid())
        self._cgroups = Cgroups.find(instance)
        self.counts_processes = self._cgroups is None
        self._seccomp = policy.bpf_program()
        self._numbers = itertools.count()
        self._version = self._probe()

    def version(self) -> str:
        return self._version

    def alive(self) -> None:
        if not os.access(self._bwrap, os.X_OK):
            raise EngineError("bwrap is gone", "apt-get install bubblewrap")

    def weaknesses(self) -> tuple[str, ...]:
        own: tuple[str, ...] = ("programs see this machine's /usr, read-only",)
        if self._cgroups is None:
            own += ("no control groups here: memory, CPU time and processes are watched and bounded by rlimits",)
        return own

    def prepare(self, language: Language, progress: Progress) -> None:
        needed = (*language.programs, *(language.extras if provision.may_install() else ()))
        missing = [program for program in needed if not os.access(program, os.X_OK)]
        if missing:
            progress(10, f"installing {', '.join(language.packages)}")
            provision.install(language.packages, f"{language.name} ({', '.join(missing)})")

    def open(self, spec: BoxSpec) -> Box:
        group = None
        ours, theirs = socket.socketpair()
        ours.settimeout(30.0)
        try:
            if self._cgroups is not None:
                group = self._cgroups.make(f"box-{os.getpid()}-{next(self._numbers)}")
                group.limit(spec.memory_mb + AGENT_MB, spec.processes + 2)
            process = self._start(spec, theirs, group)
        except (OSError, EngineError) as error:
            ours.close()
            if group is not None:
                group.destroy()
            raise EngineError(f"bubblewrap could not make a box: {error}", "see that user namespaces are allowed") from error
        finally:
            theirs.close()
        return BubblewrapBox(process, ours, group)

    def sweep(self) -> int:
        return self._cgroups.sweep() if self._cgroups is not None else 0

    def close(self) -> None:
        if self._cgroups is not None:
            self._cgroups.close()

    def _start(self, spec: BoxSpec, channel: socket.socket, group: Group | None) -> subprocess.Popen[bytes]:
        with contextlib.ExitStack() as stack:
            files = {name: stack.enter_context(_memory(name, content)) for name, content in self._contents().items()}
            # Opened by us, as the system user may not be able to walk to our folder.
            files |= {name: stack.enter_context(self._programs[name].open("rb")).fileno() for name in ("agent", "bridge")}
            command = [*self._launch(group), *self._arguments(spec, files, group), "/sbx/agent", "--channel", str(channel.fileno())]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    env={}, cwd="/", pass_fds=(channel.fileno(), *files.values()), start_new_session=True)

    def _launch(self, group: Group | None) -> list[str]:
        folders = [str(folder) for folder in group.folders.values()] if group else []
        return [str(self._programs["launch"]), *map(str, self._user), *folders, "--", self._bwrap]

    def _contents(self) -> dict[str, bytes]:
        return {"seccomp": self._seccomp, "passwd": ACCOUNTS.encode(), "group": GROUP.encode()}

    def _arguments(self, spec: BoxSpec, files: dict[str, int], group: Group | None) -> list[str]:
        out = [
            "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
            "--disable-userns", "--uid", "65534", "--gid", "65534", "--hostname", "box", "--clearenv", "--die-with-parent",
            "--as-pid-1", "--new-session", "--cap-drop", "ALL",
        ]
        for place in READ_ONLY:
            out += ["--ro-bind-try", place, place]
        for target, link in LINKS:
            out += ["--symlink", target, link]
        out += ["--ro-bind-data", str(files["passwd"]), "/etc/passwd", "--ro-bind-data", str(files["group"]), "/etc/group"]
        for name in ("agent", "bridge"):
            out += ["--perms", "0555", "--ro-bind-data", str(files[name]), f"/sbx/{name}"]
        for folder, place in group.binds() if group else []:
            out += ["--ro-bind", str(folder), place]
        # Some settings of the IPC namespace would be the program's to change, and outlast it.
        out += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"]
        for place, size in (("/dev/shm", spec.shared_mb), ("/tmp", spec.scratch_mb), ("/box", spec.work_mb)):  # noqa: S108
            out += ["--size", str(size << 20), "--tmpfs", place]
        # /dev and / are tmpfs of ours with no size of their own: closed once everything is in place.
        return [*out, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--seccomp", str(files["seccomp"]), "--"]

    def _probe(self) -> str:
        """bwrap's version, after a box of nothing has really started. Raises EngineError."""
        try:
            told = subprocess.run([self._bwrap, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
            tried = subprocess.run(
                [*self._launch(None), "--unshare-all", "--unshare-user", "--uid", "65534",
                 "--disable-userns", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64",
                 "/lib64", "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--", "/bin/true"],
                capture_output=True, text=True, timeout=20, check=False, env={}, cwd="/")
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError(f"bwrap does not run: {error}", "apt-get install bubblewrap") from error
        if tried.returncode:
            raise EngineError(f"bwrap cannot make a box here: {tried.stderr.strip()[-200:]}",
                              "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or use Docker")
        return told.split()[-1]


@contextlib.contextmanager
def _memory(name: str, content: bytes) -> Iterator[int]:
    """A descriptor of a file in memory that holds `content`, at its start."""
    fd = os.memfd_create(name, 0)
    try:
        os.write(fd, content)
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)
