"""sandboxd's side of the talk with the agent of a box (frames: agent/agent.h)."""

import secrets
import select
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Protocol

from sandbox.cancel import Cancel, Cancelled
from sandbox.protocol import File

AGENT_VERSION = 1
MAX_FRAME_BYTES = 160 * 1024 * 1024
_HEAD = struct.Struct("<BI")


class AgentLost(Exception):
    """The box ended, fell silent or sent what no agent sends. The text says which."""


class Reason(IntEnum):
    EXITED, WALL, OUTPUT, CPU, MEMORY, KILLED, EXEC_FAILED, DISK = range(8)


class Flags(IntFlag):
    CLEAN, SNAPSHOT, STREAM, CHANNEL, COUNT_PROCESSES = 1, 2, 4, 8, 16


@dataclass(frozen=True)
class Run:
    """One run as the agent takes it."""

    flags: Flags
    argv: tuple[str, ...]
    env: dict[str, str]
    wall_ms: int
    cpu_ms: int
    memory_kb: int
    output_bytes: int
    file_mb: int
    processes: int
    stdin: bytes = b""
    files: tuple[File, ...] = ()
    globs: tuple[str, ...] = ()
    collect_bytes: int = 0

    def encode(self) -> bytes:
        head = struct.pack("<7IQ", self.flags, self.wall_ms, self.cpu_ms, self.output_bytes, self.file_mb, self.processes,
                           self.collect_bytes, self.memory_kb)
        env = tuple(f"{key}={value}" for key, value in self.env.items())
        files = b"".join(encode_file(file) for file in self.files)
        return head + _texts(self.argv) + _texts(env) + _texts(self.globs) + _blob(self.stdin) + _u32(len(self.files)) + files


@dataclass(frozen=True)
class Report:
    """What the agent says of a finished run."""

    reason: Reason
    exit_code: int | None
    signal: int | None
    exec_error: int
    oom: bool
    disk_full: bool
    collect_truncated: bool
    snapshot_failed: bool
    wall_us: int
    cpu_us: int
    peak_kb: int
    out_total: int
    err_total: int
    stdout: bytes
    stderr: bytes
    collected: tuple[File, ...] = field(default=())


def _u32(value: int) -> bytes:
    return struct.pack("<I", value)


def _blob(data: bytes) -> bytes:
    return _u32(len(data)) + data


def _text(value: str) -> bytes:
    return _blob(value.encode() + b"\0")


def _texts(values: tuple[str, ...]) -> bytes:
    return _u32(len(values)) + b"".join(map(_text, values))


def encode_file(file: File) -> bytes:
    return _u32(0o755 if file.executable else 0o644) + _text(file.path) + _blob(file.content)


def decode_report(payload: bytes) -> Report:
    """Raises AgentLost when the payload is no report."""
    try:
        return _decode_report(memoryview(payload))
    except (struct.error, ValueError, IndexError) as error:
        raise AgentLost(f"the agent's report cannot be read: {error}") from error


def _decode_report(view: memoryview) -> Report:
    reason, status, exec_error, bits, wall, cpu, peak, out_total, err_total = struct.unpack_from("<4I5Q", view)
    rest = view[struct.calcsize("<4I5Q"):]
    stdout, rest = _take(rest)
    stderr, rest = _take(rest)
    (count,) = struct.unpack_from("<I", rest)
    signal = status & 0x7F
    return Report(
        reason=Reason(reason), exit_code=None if signal else (status >> 8) & 0xFF, signal=signal or None,
        exec_error=exec_error, oom=bool(bits & 1), disk_full=bool(bits & 2), collect_truncated=bool(bits & 4),
        snapshot_failed=bool(bits & 8), wall_us=wall, cpu_us=cpu, peak_kb=peak, out_total=out_total, err_total=err_total,
        stdout=stdout, stderr=stderr, collected=tuple(_collected(rest[4:], count)),
    )


def _take(view: memoryview) -> tuple[bytes, memoryview]:
    (size,) = struct.unpack_from("<I", view)
    if size > len(view) - 4:
        raise ValueError("too short")
    return bytes(view[4:4 + size]), view[4 + size:]


def _collected(view: memoryview, count: int) -> Iterator[File]:
    for _ in range(count):
        (mode,) = struct.unpack_from("<I", view)
        path, view = _take(view[4:])
        content, view = _take(view)
        try:
            yield File(path.rstrip(b"\0").decode("utf-8"), content, bool(mode & 0o100))
        except ValueError:
            continue  # a name that is not UTF-8 or cannot stand in a File was made by the program; it is left out


class Transport(Protocol):
    """The two byte streams between sandboxd and an agent."""

    def fileno(self) -> int: ...
    def send(self, data: bytes) -> None: ...
    def send_some(self, data: memoryview) -> int:
        """What fits now, without waiting; how much that was."""
        ...
    def receive(self) -> bytes:
        """What is there now. b"" alone does not mean the end; see `ended`."""
        ...
    def ended(self) -> bool: ...
    def close(self) -> None: ...


class Link:
    """Frames over a transport. Every wait ends by the deadline, the box's end, or the job's cancellation."""

    def __init__(self, transport: Transport, cancel: Cancel) -> None:
        self.transport = transport
        self.cancel = cancel
        self.nonce = secrets.token_bytes(16)
        self.buffer = bytearray()

    def begin(self, files: tuple[File, ...]) -> None:
        """Send the nonce and the files. Does not wait for the hello, which comes before anything else."""
        parts = [frame(b"N", self.nonce), *(frame(b"F", encode_file(file)) for file in files)]
        self.send(b"".join(parts))

    def hello(self, seconds: float) -> None:
        kind, payload = self.wait(time.monotonic() + seconds)
        if kind != "H" or payload != _u32(AGENT_VERSION):
            raise AgentLost("the box does not run this version's agent")

    def run(self, run: Run, grace_seconds: float = 15.0) -> Report:
        """One run to its end. The agent keeps the limits itself; the grace is for a machine that is starved."""
        self.send(frame(b"R", run.encode()))
        kind, payload = self.wait(time.monotonic() + run.wall_ms / 1000 + grace_seconds)
        if kind != "D":
            raise AgentLost(f"the agent sent {kind!r} in place of a report")
        return decode_report(payload)

    def send(self, data: bytes) -> None:
        try:
            self.transport.send(data)
        except OSError as error:
            raise AgentLost(f"the box does not take its input: {error}") from error

    def wait(self, deadline: float) -> tuple[str, bytes]:
        """The next frame. Raises AgentLost, Cancelled."""
        while (found := self.next_frame()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AgentLost("the box fell silent")
            box, cancel = self.transport.fileno(), self.cancel.fileno()
            ready, _, _ = select.select([box, cancel], [], [], left)
            if cancel in ready:
                raise Cancelled(self.cancel.reason)
            if box in ready:
                self.fill()
        return found

    def fill(self) -> None:
        try:
            self.buffer += self.transport.receive()
        except OSError as error:
            raise AgentLost(f"the connection to the box broke: {error}") from error
    def next_frame(self) -> tuple[str, bytes] | None:
        """A whole frame that has already arrived, checked against the nonce."""
        if len(self.buffer) < _HEAD.size:
            self._check_end()
            return None
        kind, size = _HEAD.unpack_from(self.buffer)
        if size > MAX_FRAME_BYTES or size < len(self.nonce):
            raise AgentLost("the box sent a frame that no agent sends")
        if len(self.buffer) < _HEAD.size + size:
            self._check_end()
            return None
        payload = bytes(self.buffer[_HEAD.size:_HEAD.size + size])
        del self.buffer[:_HEAD.size + size]
        if not secrets.compare_digest(payload[:16], self.nonce):
            raise AgentLost("the box sent a forged frame")
        if kind == ord("E"):
            raise AgentLost(payload[16:200].decode("ascii", "replace"))
        return chr(kind), payload[16:]

    def _check_end(self) -> None:
        if self.transport.ended():
            raise AgentLost("the box ended")


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    return kind + _u32(len(payload)) + payload
