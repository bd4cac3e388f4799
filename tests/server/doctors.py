"""A deployment that is well, and servers that are not, for the tests of the doctor."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, State
from tests.jobs.conftest import _sandboxd, sandboxd  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]


def with_settings(deployment: Deployment, **changes: object) -> Deployment:
    return Deployment(replace(deployment.settings, **changes), deployment.now)


def closed_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def answering(status: int, body: str, headers: dict[str, str] | None = None, stall_seconds: float = 0) -> Iterator[str]:
    """A web server that gives one answer to everything; its address."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            over.wait(stall_seconds)
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def one(findings) -> Finding:
    [finding] = findings
    if finding.state is not State.OK:
        assert finding.cure.endswith("."), finding
    return finding
