"""Project tests out of process: a driver in a second box drives the candidate's program over frames.

The driver's program has descriptor 3, a stream socket. Both ways a frame is one byte of type, four bytes of length
(big-endian), then the payload (at most 64 KiB):

    from the driver                                     to the driver
    S  start a fresh candidate; JSON, see `Start`       R  it has started
    I  bytes for its stdin                              O  bytes of its stdout
    C  close its stdin                                  E  bytes of its stderr
    K  kill it                                          X  it has ended; JSON {"status", "exit_code", "signal", ...}
                                                        B  the last frame was no good; a sentence

`S` ends a candidate that still runs (its X comes first). Each S is one run of the candidate's box under `test.limits`.
"""

import select
import time
from dataclasses import replace

from sandbox import verdict
from sandbox.agentlink import AgentLost, Flags, Link, Run, decode_report, frame
from sandbox.cancel import Cancelled
from sandbox.driver_frames import DriverFrames, Start, exit_frame, to_driver
from sandbox.protocol import Driver, Limits, ProtocolError, Status, Test, TestResult

# What the driver has not read yet. Beyond this the candidate that floods it is ended.
MAX_QUEUED_BYTES = 8 << 20
# Streamed output of one start of the candidate; `output_bytes` bounds what a run without a driver keeps.
STREAM_BYTES = 64 << 20
GRACE_SECONDS = 15.0


class Side:
    """One box of the two: frames come in whole, bytes go out as fast as they are taken."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.out = bytearray()

    def queue(self, kind: bytes, payload: bytes = b"") -> None:
        self.out += frame(kind, payload)

    def flush(self) -> None:
        try:
            with memoryview(self.out) as view:
                sent = self.link.transport.send_some(view[:1 << 18])
        except OSError as error:
            raise AgentLost(f"the box does not take its input: {error}") from error
        del self.out[:sent]


class Relay:
    """One test: the driver's run from start to end, with as many starts of the candidate as it asks for."""

    def __init__(self, candidate: Link, driver: Link, start: Run, driver_run: Run) -> None:
        self.candidate, self.driver = Side(candidate), Side(driver)
        self.template = replace(start, output_bytes=STREAM_BYTES)
        self.frames = DriverFrames()
        self.running = False
        self.next_start: Start | None = None
        self.flooded = False
        self.fault = ""
        self.driver.queue(b"R", driver_run.encode())
        self.deadline = time.monotonic() + driver_run.wall_ms / 1000 + GRACE_SECONDS

    def work(self) -> bytes:
        """The payload of the driver's report. Raises AgentLost, Cancelled."""
        while True:
            while (found := self.driver.link.next_frame()) is not None:
                kind, payload = found
                if kind == "D":
                    self._end_candidate()
                    return payload
                if kind == "V":
                    self._from_driver(payload)
            while (found := self.candidate.link.next_frame()) is not None:
                self._from_candidate(*found)
            self._step()

    def _step(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise AgentLost("the driver's box fell silent")
        sides = {side.link.transport.fileno(): side for side in (self.candidate, self.driver)}
        cancel = self.driver.link.cancel
        writing = [fd for fd, side in sides.items() if side.out]
        readable, writable, _ = select.select([*sides, cancel.fileno()], writing, [], left)
        if cancel.fileno() in readable:
            raise Cancelled(cancel.reason)
        for fd in writable:
            sides[fd].flush()
        for fd in readable:
            sides[fd].link.fill()

    def _from_driver(self, data: bytes) -> None:
        try:
            for kind, payload in self.frames.feed(data):
                self._obey(kind, payload)
        except ProtocolError as error:
            # Its frames are out of step for good: the driver is at fault, and is told in its result.
            self.fault = str(error)
            self.driver.queue(b"K")

    def _obey(self, kind: str, payload: bytes) -> None:
        if kind == "S":
            try:
                self.next_start = Start.parse(payload)
            except ProtocolError as error:
                self._tell("B", str(error).encode()[:1000])
                return
            if self.running:
                self.candidate.queue(b"K")
            else:
                self._start()
        elif kind in ("I", "C", "K") and self.running:
            self.candidate.queue(kind.encode(), payload)

    def _start(self) -> None:
        assert self.next_start is not None
        self.candidate.queue(b"R", self.next_start.run(self.template).encode())
        self.running, self.flooded, self.next_start = True, False, None
        self._tell("R")

    def _from_candidate(self, kind: str, payload: bytes) -> None:
        if kind == "D":
            self.running = False
            self._tell("X", exit_frame(decode_report(payload), self.template, self.flooded))
            if self.next_start is not None:
                self._start()
        elif kind in ("O", "S") and not self.flooded:
            self._tell("O" if kind == "O" else "E", payload)
            if len(self.driver.out) > MAX_QUEUED_BYTES:
                self.flooded = True
                self.candidate.queue(b"K")

    def _tell(self, kind: str, payload: bytes = b"") -> None:
        self.driver.queue(b"I", to_driver(kind, payload))

    def _end_candidate(self) -> None:
        """Bring the candidate's box back to rest, so that the next test finds it idle."""
        self.next_start = None
        self.driver.out.clear()
        if self.running:
            self.candidate.queue(b"K")
        self.deadline = time.monotonic() + GRACE_SECONDS
        while self.running or self.candidate.out:
            while (found := self.candidate.link.next_frame()) is not None:
                if found[0] == "D":
                    self.running = False
            if self.running or self.candidate.out:
                self._step()


def run(driver: Driver, test: Test, candidate: Link, box: Link, start: Run, env: dict[str, str], bits: Flags) -> TestResult:
    """Run the driver once for `test`. `start` is how the candidate is started, `bits` flags of the engine."""
    request = driver_run(driver, test, env, bits)
    relay = Relay(candidate, box, start, request)
    result = verdict.test_result(test.id, decode_report(relay.work()), driver.limits, request.memory_kb)
    if relay.fault:
        return replace(result, status=Status.RUNTIME_ERROR, detail=f"the driver broke its frames: {relay.fault}")
    return result


def driver_run(driver: Driver, test: Test, env: dict[str, str], bits: Flags) -> Run:
    limits: Limits = driver.limits
    return Run(
        Flags.CLEAN | Flags.CHANNEL | bits, (*driver.argv, *test.args), env, limits.wall_ms, limits.cpu_ms,
        limits.memory_mb << 10, limits.output_bytes, limits.disk_mb, limits.processes, stdin=test.stdin, files=test.files,
        globs=driver.collect, collect_bytes=16 << 20,
    )
