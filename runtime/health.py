"""Asks the web part how it is."""

from __future__ import annotations

import errno
import http.client
import json
import socket
from typing import Any

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def healthz(bind: str, port: int, timeout_seconds: float = 2.0) -> dict[str, Any] | None:
    """The JSON of /healthz when it answers 200, else None. An open port is not enough: gunicorn listens before its
    worker has loaded the application."""
    connection = http.client.HTTPConnection(ANY.get(bind, bind), port, timeout=timeout_seconds)
    try:
        connection.request("GET", "/healthz", headers={"Accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read(65536)
        if answer.status != 200:
            return None
        found = json.loads(body)
        return found if isinstance(found, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


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
