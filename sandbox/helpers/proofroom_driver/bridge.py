"""TCP with the candidate's program, carried over its stdin and stdout. Used through Candidate."""

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


class Connection:
    """One TCP connection: a socket of ours, and what the candidate has sent for it. Gone when both ways have ended."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.arrived: queue.Queue[bytes | None] = queue.Queue()
        self._open_ways = 2
        self._lock = threading.Lock()

    def deliver(self) -> None:
        """From the candidate to our socket: in a thread of its own, so that one slow reader holds up nobody else."""
        with contextlib.suppress(OSError):
            while data := self.arrived.get():
                self.sock.sendall(data)
            self.sock.shutdown(socket.SHUT_WR)
        self.way_ended()

    def way_ended(self) -> None:
        with self._lock:
            self._open_ways -= 1
            if self._open_ways == 0:
                self.sock.close()

    def abort(self) -> None:
        self.arrived.put(None)
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Bridge:
    """The driver's end of the bridge in the candidate's box (frames: agent/bridge.c)."""

    def __init__(self, candidate: CandidateFrames) -> None:
        self.candidate = candidate
        self.answers: dict[int, int] = {}
        self._data = bytearray()
        self._connections: dict[int, Connection] = {}
        self._probes: dict[int, queue.Queue[bool]] = {}
        self._listeners: list[socket.socket] = []
        self._ids = itertools.count(1)
        self._closed = False

    def forward(self, port: int, timeout: float) -> int:
        """Waits until the candidate accepts on `port`, then opens a port of ours that leads there."""
        deadline = time.monotonic() + timeout
        while not self._accepts(port, deadline):
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
        """Bytes of the candidate's stdout. Called by one thread alone."""
        self._data += payload
        while len(self._data) >= _MUX.size:
            kind, number, size = _MUX.unpack_from(self._data)
            if len(self._data) < _MUX.size + size:
                return
            body = bytes(self._data[_MUX.size:_MUX.size + size])
            del self._data[:_MUX.size + size]
            self._frame(chr(kind), number, body)

    def close(self) -> None:
        self._closed = True
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for connection in list(self._connections.values()):
            connection.abort()

    def _accepts(self, port: int, deadline: float) -> bool:
        number = next(self._ids)
        answer = self._probes[number] = queue.Queue()
        self._send("o", number, struct.pack(">H", port))
        while self.candidate.running and time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                stands = answer.get(timeout=0.1)
                del self._probes[number]
                if stands:
                    self._send("x", number)
                return stands
        return False

    def _accept(self, listener: socket.socket, port: int) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            number = next(self._ids)
            connection = self._add(number, sock)
            self._send("o", number, struct.pack(">H", port))
            threading.Thread(target=self._pump, args=(number, connection), daemon=True).start()

    def _add(self, number: int, sock: socket.socket) -> Connection:
        connection = self._connections[number] = Connection(sock)
        threading.Thread(target=connection.deliver, daemon=True).start()
        return connection

    def _frame(self, kind: str, number: int, body: bytes) -> None:
        if number in self._probes:
            self._probes[number].put(kind == "k")
        elif kind == "o":
            # The candidate chooses what it sends; a frame without a port is none of ours.
            self._opened(number, int.from_bytes(body[:2], "big"))
        elif number in self._connections:
            connection = self._connections[number]
            if kind == "d" and body:
                connection.arrived.put(body)
            elif kind in "ex":
                connection.arrived.put(None)
                del self._connections[number]
                if kind == "x":
                    connection.abort()

    def _opened(self, number: int, port: int) -> None:
        try:
            sock = socket.create_connection(("127.0.0.1", self.answers[port]), timeout=5)
            sock.settimeout(None)
        except (KeyError, OSError):
            self._send("x", number)
            return
        connection = self._add(number, sock)
        threading.Thread(target=self._pump, args=(number, connection), daemon=True).start()

    def _pump(self, number: int, connection: Connection) -> None:
        """From our socket to the candidate."""
        with contextlib.suppress(OSError):
            while data := connection.sock.recv(CHUNK - _MUX.size):
                self._send("d", number, data)
        self._send("e", number)
        connection.way_ended()

    def _send(self, kind: str, number: int, body: bytes = b"") -> None:
        if not self._closed:
            with contextlib.suppress(OSError):
                self.candidate.frame("I", _MUX.pack(ord(kind), number, len(body)) + body)
