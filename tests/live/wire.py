"""A small Socket.IO client on a real websocket, with the codecs of python-socketio; one thread reads, tests wait with time-outs."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from simple_websocket import Client as WebSocket
from simple_websocket import ConnectionClosed
from socketio.packet import CONNECT_ERROR, EVENT, Packet

WAIT_SECONDS = 30.0


class Refused(Exception):
    """The server does not let this client in."""


class Lost(Exception):
    """The connection is gone, or no answer came."""


class Wire:
    """One connection. ``on`` registers listeners, ``call`` waits for an ack."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        # The websocket library leaves its socket open when nobody listens, so somebody is looked for first.
        parts = urlsplit(url)
        socket.create_connection((parts.hostname, parts.port), timeout=WAIT_SECONDS).close()
        cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self.socket = WebSocket(address, headers={"Cookie": cookie} if cookie else {})
        self.listeners: dict[str, Callable[..., None]] = {}
        self.acks: dict[int, tuple[threading.Event, list[Any]]] = {}
        self.ids = itertools.count(1)
        self.closed = threading.Event()
        self.sending = threading.Lock()
        self.partial: Packet | None = None
        # Sent before the greeting is read: the client library shows what came together with the handshake only when
        # something follows.
        try:
            self.socket.send("40")
            assert self._receive().startswith("0")
            answer = self._receive()
        except BaseException:
            self.socket.close()
            raise
        if answer.startswith(f"4{CONNECT_ERROR}"):
            self.close()
            raise Refused(answer)
        threading.Thread(target=self._read, daemon=True).start()

    def _receive(self) -> str:
        text = self.socket.receive(timeout=WAIT_SECONDS)
        if text is None:
            raise Lost
        return text

    def on(self, event: str, listener: Callable[..., None]) -> None:
        self.listeners[event] = listener

    def emit(self, event: str, *data: Any, ack_id: int | None = None) -> None:
        encoded = Packet(EVENT, data=[event, *data], namespace="/", id=ack_id).encode()
        parts = encoded if isinstance(encoded, list) else [encoded]
        try:
            with self.sending:
                self.socket.send("4" + parts[0])
                for part in parts[1:]:
                    self.socket.send(bytes(part))
        except (ConnectionClosed, OSError) as error:
            raise Lost from error

    def call(self, event: str, *data: Any, wait: float = WAIT_SECONDS) -> Any:
        """The ack of an event. Raises Lost."""
        number, got = next(self.ids), (threading.Event(), [])
        self.acks[number] = got
        self.emit(event, *data, ack_id=number)
        if not got[0].wait(wait) or number in self.acks:
            raise Lost
        return got[1][0] if got[1] else None

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.socket.close()

    def _read(self) -> None:
        try:
            while True:
                self._take(self.socket.receive())
        except (ConnectionClosed, OSError):
            self.closed.set()
            for event, _ in list(self.acks.values()):
                event.set()

    def _take(self, frame: Any) -> None:
        if isinstance(frame, (bytes, bytearray)):
            if self.partial is not None and self.partial.add_attachment(bytes(frame)):
                packet, self.partial = self.partial, None
                self._deliver(packet)
        elif frame == "2":
            with self.sending:
                self.socket.send("3")
        elif frame.startswith("4"):
            packet = Packet(encoded_packet=frame[1:])
            if packet.attachment_count:
                self.partial = packet
            else:
                self._deliver(packet)

    def _deliver(self, packet: Packet) -> None:
        if packet.packet_type in (3, 6):  # ack, binary ack
            event, value = self.acks.pop(packet.id)
            value.extend(packet.data)
            event.set()
        elif packet.packet_type in (2, 5):  # event, binary event
            listener = self.listeners.get(packet.data[0])
            if listener is not None:
                listener(*packet.data[1:])
