"""The few calls of Docker's HTTP interface that sandboxd needs, over a unix socket or plain TCP.

Own code in place of docker-py: a box is made in three calls that each job waits for, and the attached stream must be a
bare socket.
"""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

API = "/v1.40"


class DockerError(Exception):
    """Docker answered with an error, or not at all (`status` 0)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Connection(http.client.HTTPConnection):
    def __init__(self, address: str, timeout: float) -> None:
        super().__init__("docker", timeout=timeout)
        self._address = address

    def connect(self) -> None:
        self.sock = open_socket(self._address, self.timeout or 30)


def open_socket(address: str, timeout: float) -> socket.socket:
    """A connected socket to a DOCKER_HOST (unix:// or tcp://). Raises OSError, ValueError for another scheme."""
    url = urlsplit(address)
    if url.scheme == "unix":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(timeout)
        try:
            sock.connect(url.path)
        except OSError:
            sock.close()
            raise
        return sock
    if url.scheme == "tcp" and url.hostname:
        return socket.create_connection((url.hostname, url.port or 2375), timeout)
    raise ValueError(f"DOCKER_HOST must begin with unix:// or tcp://, not {address!r}")


class DockerApi:
    """One Docker engine. Every call opens its own connection, so it may be used from many threads."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, method: str, path: str, body: Any = None, timeout: float = 60.0) -> Any:
        """One JSON call. Raises DockerError."""
        connection = _Connection(self.address, timeout)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, API + path, data, {"Content-Type": "application/json"} if data else {})
            response = connection.getresponse()
            answer = response.read()
            plain = response.getheader("Content-Type", "").startswith("text/plain")
            return None if plain and response.status < 400 else _read(response.status, answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DockerError(0, f"Docker does not answer at {self.address}: {error}") from error
        finally:
            connection.close()

    def download(self, path: str, timeout: float = 60.0) -> bytes:
        """The bytes of a GET. Raises DockerError."""
        connection = _Connection(self.address, timeout)
        try:
            connection.request("GET", API + path)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DockerError(0, f"Docker does not answer at {self.address}: {error}") from error
        finally:
            connection.close()
        if response.status >= 400:
            _read(response.status, body)
        return body

    def stream(self, path: str, body: bytes, content_type: str, timeout: float) -> Iterator[dict[str, Any]]:
        """A POST that answers with one JSON object a line, as building and pulling do. Raises DockerError."""
        connection = _Connection(self.address, timeout)
        try:
            connection.request("POST", API + path, body, {"Content-Type": content_type})
            response = connection.getresponse()
            if response.status >= 400:
                _read(response.status, response.read())
            for line in response:
                if line.strip():
                    yield json.loads(line)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DockerError(0, f"the connection to Docker broke: {error}") from error
        finally:
            connection.close()

    def attach(self, container: str) -> socket.socket:
        """A socket on the container's stdin and (with Docker's headers) stdout. Raises DockerError."""
        sock = open_socket(self.address, 30.0)
        try:
            path = f"{API}/containers/{quote(container)}/attach?stream=1&stdin=1&stdout=1"
            head = f"POST {path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n"
            sock.sendall(head.encode())
            answer = bytearray()
            # One byte at a time: what follows the empty line belongs to the stream.
            while not answer.endswith(b"\r\n\r\n") and len(answer) < 8192 and (byte := sock.recv(1)):
                answer += byte
            if not answer.startswith((b"HTTP/1.1 101", b"HTTP/1.1 200")):
                raise DockerError(0, f"Docker refused to attach: {bytes(answer[:100])!r}")
        except BaseException:
            sock.close()
            raise
        return sock


def _read(status: int, body: bytes) -> Any:
    if status >= 400:
        try:
            message = str(json.loads(body).get("message", ""))
        except (ValueError, AttributeError):
            message = body[:200].decode("utf-8", "replace")
        raise DockerError(status, message)
    return json.loads(body) if body.strip() else None
