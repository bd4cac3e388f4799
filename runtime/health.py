"""Asks the web part how it is."""

from __future__ import annotations

import contextlib
import errno
import json
import socket
from typing import Any

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
LONGEST_BYTES = 65536


def healthz(bind: str, port: int, timeout_seconds: float = 2.0) -> dict[str, Any] | None:
    """The JSON of /healthz when it answers 200, else None. An open port is not enough: gunicorn listens before its
    worker has loaded the application."""
    head, _, body = _get(ANY.get(bind, bind), port, timeout_seconds).partition(b"\r\n\r\n")
    if head.split(b" ")[1:2] != [b"200"]:
        return None
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else {}


def _get(host: str, port: int, timeout_seconds: float) -> bytes:
    """The whole answer, empty when there is none. By hand: http.client brings ssl and email, 3 MB in two processes."""
    answer = b""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout_seconds) as s:
        # HTTP/1.0, so that the answer comes whole and ends with the connection.
        s.sendall(f"GET /healthz HTTP/1.0\r\nHost: localhost:{port}\r\nAccept: application/json\r\n\r\n".encode())
        while len(answer) < LONGEST_BYTES and (more := s.recv(LONGEST_BYTES)):
            answer += more
    return answer


def port_is_free(bind: str, port: int) -> bool:
    """Whether we could listen there."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((bind, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True
