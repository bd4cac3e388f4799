"""TCP with the candidate's program, carried over its stdin and stdout. Used through proofroom_driver.Candidate."""

import contextlib
import itertools
import queue
import socket
import struct
import threading
import time
from typing import Protocol

CHUNK = 32768
_MUX = struct.Struct(">BII")


class Ended(Exception):
    """The candidate's program has ended, so it cannot answer."""


class CandidateFrames(Protocol):
    @property
    def running(self) -> bool: ...
    def frame(self, kind: str, payload: bytes = b"") -> None: ...


class Bridge:
    """The driver's end of the bridge in the candidate's box (frames: agent/bridge.c)."""

    def __init__(self, candidate: CandidateFrames) -> None:
        self.candidate = candidate
        self.answers: dict[int, int] = {}
        self._data = bytearray()
        self._sockets: dict[int, socket.socket] = {}
        self._queues: dict[int, queue.Queue[bytes | None]] = {}
        self._listeners: list[socket.socket] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False

    def forward(self, port: int, timeout: float) -> int:
        deadline = time.monotonic() + timeout
        while not self._accepts(port):
            if not self.candidate.running:
                raise Ended(f"it ended before it served on port {port}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing serves on port {port} after {timeout} s")
            time.sleep(0.02)
        listener = socket.create_server(("127.0.0.1", 0))
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()
        return int(listener.getsockname()[1])

    def take(self, payload: bytes) -> None:
        self._data += payload
        while len(self._data) >= _MUX.size:
            kind, number, size = _MUX.unpack_from(self._data)
            if len(self._data) < _MUX.size + size:
                return
            body = bytes(self._data[_MUX.size:_MUX.size + size])
            del self._data[:_MUX.size + size]
            self._frame(chr(kind), number, body)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            sockets, self._sockets = list(self._sockets.values()), {}
            queues, self._queues = list(self._queues.values()), {}
        for line in queues:
            line.put(None)
        for sock in [*sockets, *self._listeners]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accepts(self, port: int) -> bool:
        """Try one connection and give it up again; a refused one comes back as x at once."""
        probe, ours = socket.socketpair()
        number = self._add(probe)
        self._send("o", number, struct.pack(">H", port))
        ours.settimeout(0.15)
        try:
            refused = ours.recv(1) == b""
        except TimeoutError:
            refused = False
        if not refused:
            self._drop(number, tell=True)
        ours.close()
        return not refused

    def _accept(self, listener: socket.socket, port: int) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            number = self._add(sock)
            self._send("o", number, struct.pack(">H", port))
            threading.Thread(target=self._pump, args=(number, sock), daemon=True).start()

    def _add(self, sock: socket.socket, number: int | None = None) -> int:
        with self._lock:
            number = next(self._ids) if number is None else number
            self._sockets[number], self._queues[number] = sock, queue.Queue()
        threading.Thread(target=self._deliver, args=(sock, self._queues[number]), daemon=True).start()
        return number

    def _frame(self, kind: str, number: int, body: bytes) -> None:
        if kind == "o":
            self._opened(number, struct.unpack(">H", body)[0])
            return
        with self._lock:
            line = self._queues.get(number)
        if line is None:
            return
        if kind == "d":
            line.put(body)
        elif kind == "e":
            line.put(b"")
        elif kind == "x":
            self._drop(number, tell=False)

    def _opened(self, number: int, port: int) -> None:
        try:
            sock = socket.create_connection(("127.0.0.1", self.answers[port]), timeout=5)
            sock.settimeout(None)
        except (KeyError, OSError):
            self._send("x", number)
            return
        self._add(sock, number)
        threading.Thread(target=self._pump, args=(number, sock), daemon=True).start()

    def _pump(self, number: int, sock: socket.socket) -> None:
        """From our socket to the candidate."""
        with contextlib.suppress(OSError):
            while data := sock.recv(CHUNK - _MUX.size):
                self._send("d", number, data)
        self._send("e", number)

    def _deliver(self, sock: socket.socket, line: "queue.Queue[bytes | None]") -> None:
        """From the candidate to our socket: in a thread of its own, so that one slow reader holds up nobody else."""
        with contextlib.suppress(OSError):
            while (data := line.get()) is not None:
                if data:
                    sock.sendall(data)
                else:
                    sock.shutdown(socket.SHUT_WR)

    def _drop(self, number: int, tell: bool) -> None:
        with self._lock:
            sock, line = self._sockets.pop(number, None), self._queues.pop(number, None)
        if line is not None:
            line.put(None)
        if tell:
            self._send("x", number)
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _send(self, kind: str, number: int, body: bytes = b"") -> None:
        if not self._closed:
            self.candidate.frame("I", _MUX.pack(ord(kind), number, len(body)) + body)
