"""The Docker engine: a box is a hardened container that lives for one job."""

import contextlib
import json
import os
import queue
import socket
import struct
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.agentlink import Transport
from sandbox.engines import docker_images
from sandbox.engines.base import Box, BoxSpec, EngineError, Progress
from sandbox.engines.docker_api import DockerApi, DockerError
from sandbox.languages.base import Language
from sandbox.seccomp import policy

LABEL = "proofroom.sandbox"
OWN_SOCKET = "unix:///var/lib/proofroom-docker/docker.sock"  # of scripts/engine.sh
USER = "65534:65534"
# The agent itself, which holds the files and a test's stdin, and the kernel's books of the container.
AGENT_MB = 24


def find() -> DockerApi:
    """The Docker that answers: DOCKER_HOST, the usual socket, the one of scripts/engine.sh. Raises EngineError."""
    folder = os.environ.get("PROOFROOM_DOCKER_DIR")
    own = f"unix://{folder}/docker.sock" if folder else OWN_SOCKET
    reasons = []
    for address in dict.fromkeys(filter(None, (os.environ.get("DOCKER_HOST"), "unix:///var/run/docker.sock", own))):
        api = DockerApi(address)
        try:
            api.call("GET", "/version", timeout=5.0)
        except DockerError as error:
            reasons.append(str(error))
        else:
            return api
    raise EngineError(f"no Docker engine answers ({reasons[0]})", "start Docker, or run scripts/engine.sh as root")


class StreamTransport:
    """An attached stream: stdin as it is, stdout in parts behind Docker's 8-byte headers."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = bytearray()
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
        self._raw += part
        out = bytearray()
        while len(self._raw) >= 8:
            kind, size = self._raw[0], struct.unpack_from(">I", self._raw, 4)[0]
            if len(self._raw) < 8 + size:
                break
            if kind == 1:
                out += self._raw[8:8 + size]
            del self._raw[:8 + size]
        return bytes(out)

    def ended(self) -> bool:
        return self._ended

    def close(self) -> None:
        self._sock.close()


class DockerBox:
    """One container. Removing it is left to the engine's broom, as the job need not wait for that."""

    def __init__(self, container: str, sock: socket.socket, broom: "Broom") -> None:
        self.container = container
        self.transport: Transport = StreamTransport(sock)
        self._broom = broom

    def destroy(self) -> None:
        self.transport.close()
        self._broom.remove(self.container)


class Broom:
    """Removes containers in the background, in order, and waits for the last one when closed."""

    def __init__(self, api: DockerApi) -> None:
        self._api = api
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="broom", daemon=True)
        self._thread.start()

    def remove(self, container: str) -> None:
        self._queue.put(container)

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(timeout=30)

    def _work(self) -> None:
        while (container := self._queue.get()) is not None:
            # A container that is gone already, or an engine that has just died, needs no broom.
            with contextlib.suppress(DockerError):
                self._api.call("DELETE", f"/containers/{quote(container)}?force=1&v=1")


class DockerEngine:
    """See engines/base.py. `instance` marks the containers of one state folder, so that sweeping spares others'."""

    name = "docker"
    counts_processes = False

    def __init__(self, api: DockerApi, instance: str, folder: Path) -> None:
        self._api = api
        self._instance = instance
        self._folder = folder
        self._images: dict[str, str] = {}
        self._seccomp = "seccomp=" + json.dumps(policy.docker_profile(), separators=(",", ":"))
        self._broom = Broom(api)
        self._version = str(api.call("GET", "/version").get("Version", ""))

    def version(self) -> str:
        return self._version

    def alive(self) -> None:
        try:
            self._api.call("GET", "/_ping", timeout=10.0)
        except DockerError as error:
            raise EngineError(str(error), "start Docker") from error

    def weaknesses(self) -> tuple[str, ...]:
        info = self._api.call("GET", "/info")
        missing = [name for key, name in (("MemoryLimit", "memory"), ("PidsLimit", "processes")) if not info.get(key)]
        return tuple(f"this Docker engine cannot limit {name}" for name in missing)

    def prepare(self, language: Language, progress: Progress) -> None:
        try:
            image = docker_images.image_of(language, docker_images.programs(self._api, self._folder, progress))
            docker_images.ensure(self._api, image, progress)
        except DockerError as error:
            raise EngineError(str(error), "see that Docker runs, then restart") from error
        self._images[language.id] = image.tag

    def open(self, spec: BoxSpec) -> Box:
        container = ""
        try:
            container = self._api.call("POST", "/containers/create", self._config(spec))["Id"]
            sock = self._api.attach(container)
            try:
                self._api.call("POST", f"/containers/{container}/start")
            except BaseException:
                sock.close()
                raise
        except (DockerError, OSError, KeyError) as error:
            if container:
                self._broom.remove(container)
            raise EngineError(f"Docker could not make a box: {error}", "see that Docker runs") from error
        return DockerBox(container, sock, self._broom)

    def sweep(self) -> int:
        label = json.dumps({"label": [f"{LABEL}={self._instance}"]})
        left = self._api.call("GET", f"/containers/json?all=1&filters={quote(label)}")
        for item in left:
            self._broom.remove(item["Id"])
        return len(left)

    def close(self) -> None:
        self._broom.close()

    def _config(self, spec: BoxSpec) -> dict[str, Any]:
        return {
            "Image": self._images[spec.language.id], "Entrypoint": ["/sbx/agent"], "Cmd": [], "User": USER, "Env": [],
            "WorkingDir": "/", "Hostname": "box", "NetworkDisabled": True, "OpenStdin": True, "StdinOnce": True,
            "AttachStdin": True, "AttachStdout": True, "AttachStderr": False, "Tty": False,
            "Labels": {LABEL: self._instance}, "HostConfig": self._host_config(spec),
        }

    def _host_config(self, spec: BoxSpec) -> dict[str, Any]:
        memory = (spec.memory_mb + AGENT_MB) << 20
        own = "uid=65534,gid=65534"
        return {
            "NetworkMode": "none", "ReadonlyRootfs": True, "Init": False, "AutoRemove": False, "IpcMode": "none",
            "Memory": memory, "MemorySwap": memory, "PidsLimit": spec.processes + 1, "NanoCpus": 1_000_000_000,
            "CapDrop": ["ALL"], "Privileged": False, "LogConfig": {"Type": "none"},
            "SecurityOpt": ["no-new-privileges", self._seccomp],
            "Tmpfs": {
                "/box": f"rw,nosuid,nodev,exec,size={spec.work_mb}m,nr_inodes=16384,mode=0755,{own}",
                "/tmp": f"rw,nosuid,nodev,exec,size={spec.scratch_mb}m,nr_inodes=16384,mode=1777,{own}",  # noqa: S108
                "/dev/shm": f"rw,nosuid,nodev,noexec,size={spec.shared_mb}m,nr_inodes=1024,mode=1777,{own}",  # noqa: S108
            },
            "Ulimits": [{"Name": "core", "Soft": 0, "Hard": 0}, {"Name": "nofile", "Soft": 1024, "Hard": 1024}],
        }


