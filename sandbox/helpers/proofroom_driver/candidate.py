"""The candidate's program, as the driver sees it: bytes over descriptor 3 (frames: sandbox/driven.py)."""

import json
import socket
import struct
import threading
from collections.abc import Sequence
from typing import Any

from .bridge import Bridge, Ended

CHUNK = 32768
_HEAD = struct.Struct(">BI")


class Candidate:
    """The candidate's program in its own box. One at a time; `start` again for a fresh one."""

    def __init__(self, descriptor: int = 3) -> None:
        self._sock = socket.socket(fileno=descriptor)
        self._send_lock = threading.Lock()
        self._changed = threading.Condition()
        self._out, self._err = bytearray(), bytearray()
        self._exit: dict[str, Any] | None = None
        self._started, self._problem = False, ""
        self._bridge: Bridge | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def start(
        self, argv: Sequence[str] | None = None, args: Sequence[str] = (), env: dict[str, str] | None = None,
        keep_files: bool = False, bridge: bool = False, listen: Sequence[int] = (), timeout: float = 30.0,
    ) -> "Candidate":
        """Start a fresh program, ending one that still runs. `argv` None: the job's own.

        keep_files: in the files as the last run left them, for a program that must survive a restart.
        bridge: talk TCP with it (`forward`, `answer`); its stdout then is not ours. `listen`: ports it may connect to.
        """
        with self._changed:
            self._out.clear()
            self._err.clear()
            self._exit, self._started, self._problem = None, False, ""
            if self._bridge:
                self._bridge.close()
            self._bridge = Bridge(self) if bridge else None
        options: dict[str, Any] = {"argv": list(argv or []), "args": list(args), "env": dict(env or {}), "keep_files": keep_files}
        if bridge:
            options["bridge"] = {"listen": list(listen)}
        self.frame("S", json.dumps(options).encode())
        with self._changed:
            if not self._changed.wait_for(lambda: self._started or self._problem, timeout):
                raise TimeoutError("the candidate's program was not started")
            if self._problem:
                raise ValueError(self._problem)
        return self

    def write(self, data: bytes) -> None:
        """Send bytes to its stdin."""
        for at in range(0, len(data), CHUNK):
            self.frame("I", data[at:at + CHUNK])

    def close_stdin(self) -> None:
        self.frame("C")

    def kill(self) -> None:
        """End it at once, as a crash would. `wait` for what came of it."""
        self.frame("K")

    def read_line(self, timeout: float = 10.0) -> bytes:
        """The next line of its stdout, without the newline. Raises TimeoutError, Ended."""
        with self._changed:
            ready = self._changed.wait_for(lambda: b"\n" in self._out or self._exit is not None, timeout)
            end = self._out.find(b"\n")
            if end < 0:
                raise Ended(f"no more output: {self._exit}") if ready else TimeoutError(f"no line within {timeout} s")
            line = bytes(self._out[:end])
            del self._out[:end + 1]
            return line

    def read_all(self, timeout: float = 30.0) -> bytes:
        """All of its stdout, once it has ended. Raises TimeoutError."""
        self.wait(timeout)
        with self._changed:
            data = bytes(self._out)
            self._out.clear()
            return data

    @property
    def stderr(self) -> bytes:
        """What it has written to stderr since its start."""
        with self._changed:
            return bytes(self._err)

    @property
    def running(self) -> bool:
        with self._changed:
            return self._started and self._exit is None

    def wait(self, timeout: float = 30.0) -> dict[str, Any]:
        """How it ended: {"status", "exit_code", "signal", "wall_ms", "cpu_ms", "peak_memory_kb"}. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._exit is not None, timeout):
                raise TimeoutError(f"it still runs after {timeout} s")
            return dict(self._exit or {})

    def forward(self, port: int, timeout: float = 10.0) -> int:
        """A port of ours that is the candidate's 127.0.0.1:port, once it accepts there. Raises TimeoutError, Ended."""
        return self._need_bridge().forward(port, timeout)

    def answer(self, port: int, ours: int) -> None:
        """Connections the candidate opens to its 127.0.0.1:port (one of `listen`) come to our 127.0.0.1:ours."""
        self._need_bridge().answers[port] = ours

    def _need_bridge(self) -> Bridge:
        if self._bridge is None:
            raise ValueError("start the candidate with bridge=True first")
        return self._bridge

    def frame(self, kind: str, payload: bytes = b"") -> None:
        """Send one frame of the table in sandbox/driven.py."""
        with self._send_lock:
            self._sock.sendall(_HEAD.pack(ord(kind), len(payload)) + payload)

    def _read(self) -> None:
        while True:
            head = self._exactly(_HEAD.size)
            if head is None:
                return
            kind, size = _HEAD.unpack(head)
            payload = self._exactly(size)
            if payload is None:
                return
            self._take(chr(kind), payload)

    def _exactly(self, count: int) -> bytes | None:
        data = bytearray()
        while len(data) < count:
            part = self._sock.recv(count - len(data))
            if not part:
                return None
            data += part
        return bytes(data)

    def _take(self, kind: str, payload: bytes) -> None:
        bridge = self._bridge
        if kind == "O" and bridge is not None and self._started:
            bridge.take(payload)
            return
        with self._changed:
            if kind == "R":
                self._started, self._exit = True, None
            elif kind == "O":
                self._out += payload
            elif kind == "E":
                self._err += payload
            elif kind == "B":
                self._problem = payload.decode("utf-8", "replace")
            elif kind == "X" and self._started:
                # An X before R is the end of the one that was started before.
                self._exit = json.loads(payload)
            self._changed.notify_all()
        if kind == "X" and bridge is not None:
            bridge.close()
