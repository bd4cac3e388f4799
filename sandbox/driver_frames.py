"""The frames between sandboxd and a driver's program (table in driven.py), and the helper module a driver finds."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox import checks, verdict
from sandbox.agentlink import Flags, Report, Run
from sandbox.protocol import File, ProtocolError, Status

HELPERS = Path(__file__).parent / "helpers"
HELPER = "proofroom_driver"
MAX_FRAME_BYTES = 64 * 1024
BRIDGE = "/sbx/bridge"
_HEAD = struct.Struct(">BI")


def helper_files(present: tuple[File, ...]) -> tuple[File, ...]:
    """The helper package, unless the driver brings one of that name."""
    if any(file.path.split("/")[0] == HELPER for file in present):
        return ()
    return tuple(File(f"{HELPER}/{path.name}", path.read_bytes()) for path in sorted((HELPERS / HELPER).glob("*.py")))


def to_driver(kind: str, payload: bytes) -> bytes:
    return _HEAD.pack(ord(kind), len(payload)) + payload


class DriverFrames:
    """Puts the driver's frames together from the bytes it writes."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Every frame that is whole now. Raises ProtocolError when the bytes are no frames."""
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            kind, size = _HEAD.unpack_from(self._buffer)
            if chr(kind) not in "SICK" or size > MAX_FRAME_BYTES:
                raise ProtocolError(f"frame: must be S, I, C or K with at most {MAX_FRAME_BYTES} bytes")
            if len(self._buffer) < _HEAD.size + size:
                return
            payload = bytes(self._buffer[_HEAD.size:_HEAD.size + size])
            del self._buffer[:_HEAD.size + size]
            yield chr(kind), payload


@dataclass(frozen=True)
class Start:
    """How the driver wants the candidate started: {"argv", "args", "env", "keep_files", "bridge": {"listen": [ports]}}.

    All are optional. `argv` replaces the job's, `args` follow it. `keep_files` starts in the files as the last run left
    them (a service that comes back after a crash). `bridge` puts the TCP bridge between (agent/bridge.c).
    """

    argv: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    keep_files: bool = False
    bridge: tuple[int, ...] | None = None

    @classmethod
    def parse(cls, payload: bytes) -> "Start":
        """Raises ProtocolError naming the field."""
        try:
            raw = json.loads(payload or b"{}")
        except (ValueError, RecursionError):
            raise ProtocolError("start: must be JSON") from None
        if not isinstance(raw, dict) or raw.keys() - {"argv", "args", "env", "keep_files", "bridge"}:
            raise ProtocolError("start: must be an object of argv, args, env, keep_files, bridge")
        env = raw.get("env") or {}
        if not isinstance(env, dict) or not all(isinstance(value, str) for value in env.values()):
            raise ProtocolError("start.env: must be an object of texts")
        checks.env("start.env", env)
        return cls(_texts("argv", raw), _texts("args", raw), tuple(env.items()), raw.get("keep_files") is True, _ports(raw))

    def run(self, template: Run) -> Run:
        argv = (*(self.argv or template.argv), *self.args)
        if self.bridge is not None:
            listen = tuple(part for port in self.bridge for part in ("--listen", str(port)))
            argv = (BRIDGE, *listen, "--", *argv)
        flags = template.flags & ~Flags.CLEAN if self.keep_files else template.flags
        return replace(template, argv=argv, env=template.env | dict(self.env), flags=flags)


def _texts(name: str, raw: dict[str, Any]) -> tuple[str, ...]:
    value = raw.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ProtocolError(f"start.{name}: must be a list of texts")
    checks.argv(f"start.{name}", value)
    return tuple(value)


def _ports(raw: dict[str, Any]) -> tuple[int, ...] | None:
    bridge = raw.get("bridge")
    if bridge is None:
        return None
    ports = bridge.get("listen", []) if isinstance(bridge, dict) else None
    if not isinstance(ports, list) or len(ports) > 8 or not all(isinstance(p, int) and 0 < p < 65536 for p in ports):
        raise ProtocolError('start.bridge: must be {"listen": [at most 8 ports]}')
    return tuple(ports)


def exit_frame(report: Report, run: Run, flooded: bool) -> bytes:
    """JSON of X."""
    status = Status.OUTPUT if flooded else verdict.status_of(report, run.memory_kb)
    return json.dumps({
        "status": status.value, "exit_code": report.exit_code, "signal": report.signal,
        "wall_ms": round(report.wall_us / 1000), "cpu_ms": round(report.cpu_us / 1000), "peak_memory_kb": report.peak_kb,
    }).encode()
