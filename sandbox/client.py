"""Talks to sandboxd over its unix socket. Plain blocking sockets and no threads, so it also works under gevent.

    client = Client("/run/proofroom/sandbox.sock")
    result = client.run(job, on_event=lambda event: ...)
"""

import socket
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox import wire
from sandbox.codec import ProtocolError
from sandbox.protocol import Event, Job, JobResult, State, from_json, to_json

# sandboxd repeats its newest event every 2 s, so longer silence means that it hangs or the machine is starved.
SILENCE_SECONDS = 30.0
T = TypeVar("T")


class SandboxError(Exception):
    """Root of the client's errors: SandboxUnavailable, SandboxBusy, JobRefused."""


class SandboxUnavailable(SandboxError):
    """sandboxd does not answer, or ended in the middle of a job. The job may be tried again."""


class SandboxBusy(SandboxError):
    """sandboxd's queue is full. The job was not started; try again later."""


class JobRefused(SandboxError):
    """sandboxd will not run this job as it stands; `reason` says why in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Client:
    """One sandboxd. Every call opens its own connection, so a Client may be shared freely."""

    def __init__(self, path: str, connect_seconds: float = 5.0, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.path = path
        self.connect_seconds = connect_seconds
        self.silence_seconds = silence_seconds

    def run(self, job: Job, on_event: Callable[[Event], None] | None = None) -> JobResult:
        """Run one job to its end. `on_event` is called for each event, at least every 2 s.

        An exception raised by `on_event` closes the connection, which ends the job, and is passed on.
        Raises SandboxUnavailable, SandboxBusy, JobRefused.
        """
        with self._open({"type": "run", "job": to_json(job)}) as sock:
            while True:
                message = self._answer(sock, "event", "result")
                if message["type"] == "result":
                    return _read(JobResult, message, "result")
                event = _read(Event, message, "event")
                if on_event is not None:
                    on_event(event)

    def status(self) -> State:
        """What sandboxd says of itself. Raises SandboxUnavailable."""
        with self._open({"type": "status"}) as sock:
            return _read(State, self._answer(sock, "status"), "state")

    def cancel(self, job_id: str) -> bool:
        """End a waiting or running job; its caller gets a JobResult with error "cancelled". False: no such job."""
        with self._open({"type": "cancel", "job_id": job_id}) as sock:
            return bool(self._answer(sock, "cancelled").get("found"))

    def _open(self, request: dict[str, Any]) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.connect_seconds)
            sock.connect(self.path)
            sock.settimeout(self.silence_seconds)
            wire.send(sock, request)
        except OSError as error:
            # sandboxd may have refused the request before it was sent whole; its answer then still waits to be read.
            if isinstance(error, BrokenPipeError | ConnectionResetError):
                return sock
            sock.close()
            raise SandboxUnavailable(f"sandboxd does not answer at {self.path}: {error}") from error
        except BaseException:
            sock.close()
            raise
        return sock

    def _answer(self, sock: socket.socket, *wanted: str) -> dict[str, Any]:
        try:
            message = wire.receive(sock)
        except TimeoutError as error:
            raise SandboxUnavailable(f"sandboxd was silent for {self.silence_seconds:.0f} s") from error
        except (OSError, ProtocolError) as error:
            raise SandboxUnavailable(f"the connection to sandboxd broke: {error}") from error
        if message["type"] == "refused":
            raise JobRefused(str(message.get("reason", "")))
        if message["type"] == "busy":
            raise SandboxBusy(str(message.get("reason", "")))
        if message["type"] not in wanted:
            raise SandboxUnavailable(f"sandboxd answered {message['type']!r}; is it another version?")
        return message


def _read(kind: type[T], message: dict[str, Any], name: str) -> T:
    try:
        return from_json(kind, message.get(name))
    except ProtocolError as error:
        raise SandboxUnavailable(f"sandboxd's answer does not fit; is it another version? {error}") from error
