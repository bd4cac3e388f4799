"""sandboxd: a unix socket in front of the service. One request a connection, one thread a connection (frames: wire.py)."""

import argparse
import fcntl
import logging
import os
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sandbox import wire
from sandbox.cancel import Cancel
from sandbox.codec import ProtocolError
from sandbox.languages import LANGUAGES
from sandbox.preparer import Preparer
from sandbox.protocol import Event, Job, from_json, to_json
from sandbox.service import Busy, Refused, Service
from sandbox.slots import Slots

log = logging.getLogger("sandboxd")
REQUEST_SECONDS = 30.0
BEAT_SECONDS = 2.0
MAX_CONNECTIONS = 256
SOCKET_MODE = 0o660


class Talk:
    """One connection. Events are sent by the job's thread, repeated by the watcher's; a lock keeps frames whole."""

    def __init__(self, sock: socket.socket, cancel: Cancel) -> None:
        self.sock = sock
        self.cancel = cancel
        self.last: Event | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()

    def emit(self, event: Event) -> None:
        # Repeated without its result: a result is told once.
        self.last = Event(event.job_id, event.stage, event.position, event.test, event.total)
        self._send({"type": "event", "event": to_json(event)})

    def watch(self) -> None:
        """Until the job is done: a caller that goes away (or talks out of turn) cancels it; a waiting one hears a beat."""
        while not self._done.is_set():
            try:
                ready, _, _ = select.select([self.sock], [], [], BEAT_SECONDS)
            except (OSError, ValueError):
                return
            if ready:
                self.cancel.set("the caller went away")
                return
            if self.last is not None and not self._done.is_set():
                self._send({"type": "event", "event": to_json(self.last)})

    def finish(self, message: dict[str, Any]) -> None:
        self._done.set()
        self._send(message)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            with self._lock:
                wire.send(self.sock, message)
        except OSError:
            self.cancel.set("the caller went away")


class Daemon:
    """Accepts connections until stopped."""

    def __init__(self, service: Service, path: Path) -> None:
        self.service = service
        self.path = path
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._stop = threading.Event()
        self._listener = self._listen()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with suppress(FileNotFoundError):
            self.path.unlink()
        # Made unreachable first: between bind and chmod the socket would have the umask's mode.
        mask = os.umask(0o177)
        try:
            listener.bind(str(self.path))
        finally:
            os.umask(mask)
        self.path.chmod(SOCKET_MODE)
        listener.listen(64)
        listener.settimeout(0.5)
        return listener

    def serve(self) -> None:
        while not self._stop.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError as error:  # too many open files, for one; a busy loop would make it worse
                log.warning("accept failed: %s", error)
                self._stop.wait(0.2)
                continue
            threading.Thread(target=self._connection, args=(sock,), daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._listener.close()
        with suppress(FileNotFoundError):
            self.path.unlink()

    def _connection(self, sock: socket.socket) -> None:
        with sock:
            sock.settimeout(REQUEST_SECONDS)
            if not self._places.acquire(blocking=False):
                _answer(sock, {"type": "busy", "reason": f"{MAX_CONNECTIONS} connections are open already"})
                return
            try:
                self._handle(sock, wire.receive(sock))
            except (ProtocolError, Refused) as error:
                _answer(sock, {"type": "refused", "reason": str(error)})
            except Busy as error:
                _answer(sock, {"type": "busy", "reason": str(error)})
            except OSError as error:
                log.debug("a connection ended: %s", error)
            except Exception:
                log.exception("a request failed")
                _answer(sock, {"type": "refused", "reason": "sandboxd failed on this request; its log says more"})
            finally:
                self._places.release()

    def _handle(self, sock: socket.socket, message: dict[str, Any]) -> None:
        match message:
            case {"type": "run", "job": raw}:
                self._run(sock, from_json(Job, raw))
            case {"type": "status"}:
                wire.send(sock, {"type": "status", "state": to_json(self.service.state())})
            case {"type": "cancel", "job_id": str(job_id)}:
                wire.send(sock, {"type": "cancelled", "found": self.service.cancel(job_id)})
            case _:
                raise ProtocolError("request: must be run with a job, status, or cancel with a job_id")

    def _run(self, sock: socket.socket, job: Job) -> None:
        cancel = Cancel()
        talk = Talk(sock, cancel)
        watcher = threading.Thread(target=talk.watch, daemon=True)
        watcher.start()
        try:
            result = self.service.run(job, talk.emit, cancel)
            talk.finish({"type": "result", "result": to_json(result)})
        except (Refused, Busy) as error:
            kind = "busy" if isinstance(error, Busy) else "refused"
            talk.finish({"type": kind, "reason": str(error)})
        finally:
            # The watcher may sit in select on the socket: it is woken before the descriptor can be used anew.
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            watcher.join(timeout=REQUEST_SECONDS)
            cancel.close()


def _answer(sock: socket.socket, message: dict[str, Any]) -> None:
    with suppress(OSError):
        wire.send(sock, message)


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options.state.mkdir(parents=True, exist_ok=True)
    lock = _only_one(options.state)
    if lock is None:
        log.error("another sandboxd uses %s", options.state)
        return 1
    preparer = Preparer(options.engine, options.state, options.languages)
    service = Service(preparer, Slots(options.slots))
    daemon = Daemon(service, options.socket)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stop())
    preparer.start()
    log.info("sandboxd listens at %s", options.socket)
    try:
        daemon.serve()
    finally:
        daemon.close()
        service.drain("sandboxd is stopping", seconds=10.0)
        preparer.close()
        lock.close()
    return 0


ENGINES = ("auto", "docker", "bubblewrap")


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Runs untrusted programs in boxes.")
    parser.add_argument("--socket", type=Path, required=True, help="unix socket to listen at")
    parser.add_argument("--state", type=Path, required=True, help="folder for compiled helpers and the lock")
    wanted = os.environ.get("PROOFROOM_SANDBOX_ENGINE") or "auto"
    parser.add_argument("--engine", choices=ENGINES, default=wanted, help="default: PROOFROOM_SANDBOX_ENGINE, or auto")
    parser.add_argument("--slots", type=int, default=_default_slots(), help="jobs at once")
    parser.add_argument("--languages", type=_languages, default=tuple(LANGUAGES), help="comma-separated (default: all)")
    options = parser.parse_args(argv)
    if options.engine not in ENGINES:
        parser.error(f"PROOFROOM_SANDBOX_ENGINE is {options.engine[:40]!r}; it may be {', '.join(ENGINES)}")
    if options.slots < 1:
        parser.error("--slots must be at least 1")
    if len(os.fsencode(options.socket.absolute())) > 107:
        parser.error("--socket must be a path of at most 107 bytes")
    return options


def _default_slots() -> int:
    """As many as there are processors, with a gigabyte of memory for each."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return max(1, min(os.cpu_count() or 1, gigabytes))


def _languages(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    unknown = [name for name in names if name not in LANGUAGES]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(LANGUAGES)}")
    return names


def _only_one(state: Path) -> IO[str] | None:
    """An exclusive lock for the daemon's life, so that sweeping never ends another's boxes."""
    lock = (state / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock
