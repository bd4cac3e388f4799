"""Asking a web part how it is, also when it answers nonsense."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from runtime.health import healthz, port_is_free

Answer = Callable[[bytes], int]


@pytest.fixture
def server() -> Iterator[Answer]:
    """Starts a server that says one thing to one caller; gives its port."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)

        def serve() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.recv(4096)
                caller.sendall(answer)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for thread in threads:
        thread.join(5)
    for listener in sockets:
        listener.close()


def test_a_good_answer(server: Answer) -> None:
    body = b'{"status": "ok", "setup_needed": true}'
    port = server(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)
    assert healthz("0.0.0.0", port) == {"status": "ok", "setup_needed": True}


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 SERVICE UNAVAILABLE\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n\r\nnot json",
        b"nonsense",
        b"",
    ],
)
def test_anything_else_is_not_ready(server: Answer, answer: bytes) -> None:
    assert healthz("127.0.0.1", server(answer)) is None


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = int(s.getsockname()[1])
    assert healthz("127.0.0.1", port) is None


def test_a_taken_port_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = int(s.getsockname()[1])
        assert not port_is_free("127.0.0.1", port)
    assert port_is_free("127.0.0.1", port)
