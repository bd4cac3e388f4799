"""Frames on sandboxd's unix socket: four bytes of length (big-endian), then one JSON object with a `type`.

Caller to sandboxd, one request a connection:
    {"type": "run", "job": Job}        -> any number of {"type": "event", "event": Event}, then {"type": "result", "result": JobResult}
    {"type": "status"}                 -> {"type": "status", "state": State}
    {"type": "cancel", "job_id": text} -> {"type": "cancelled", "found": bool}
Instead of the answer: {"type": "refused", "reason": text} or {"type": "busy", "reason": text}.
Closing the connection of a run ends its box.
"""

import json
import socket
import struct
from typing import Any

from sandbox.codec import ProtocolError

MAX_FRAME_BYTES = 96 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class ConnectionEnded(ConnectionError):
    """The other side closed between or inside frames."""


def send(sock: socket.socket, message: dict[str, Any]) -> None:
    """Send one message. Raises OSError when the other side is gone, TimeoutError by the socket's time-out."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME_BYTES:
        raise ProtocolError(f"frame: must be at most {MAX_FRAME_BYTES} bytes, not {len(body)}")
    sock.sendall(_LENGTH.pack(len(body)) + body)


def receive(sock: socket.socket, most: int = MAX_FRAME_BYTES) -> dict[str, Any]:
    """The next message. Raises ConnectionEnded at the end, ProtocolError for anything that is not a message."""
    (length,) = _LENGTH.unpack(_exactly(sock, _LENGTH.size))
    if length > most:
        raise ProtocolError(f"frame: must be at most {most} bytes, not {length}")
    try:
        message = json.loads(_exactly(sock, length))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"frame: not JSON ({type(error).__name__})") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProtocolError("frame: must be an object with a text `type`")
    return message


def _exactly(sock: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = sock.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise ConnectionEnded("the connection ended")
        parts += part
    return bytes(parts)
