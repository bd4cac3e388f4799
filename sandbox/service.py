"""What sandboxd does with a request, without the socket: runs jobs in slots, cancels, tells its state."""

import threading
import time
from dataclasses import replace

from sandbox.cancel import Cancel, Cancelled
from sandbox.languages import LANGUAGES
from sandbox.languages.base import NoProgram
from sandbox.preparer import Preparer
from sandbox.protocol import Event, Job, JobResult, Ready, Stage, State, Timings
from sandbox.runner import Clock, Emit, Worker, since
from sandbox.slots import QueueFull, Slots


class Refused(Exception):
    """The job cannot run as it stands."""


class Busy(Exception):
    """The job could run later."""


class Service:
    """Jobs by id, over the engine that the preparer holds."""

    def __init__(self, preparer: Preparer, slots: Slots) -> None:
        self.preparer = preparer
        self.slots = slots
        self._jobs: dict[str, Cancel] = {}
        self._lock = threading.Lock()

    def state(self) -> State:
        return replace(self.preparer.state, slots=self.slots.total, busy=self.slots.busy, queued=self.slots.queued)

    def run(self, job: Job, emit: Emit, cancel: Cancel) -> JobResult:
        """Queue and run. Raises Refused, Busy. A cancelled job is a result with an error."""
        clock = Clock()
        worker = self._worker(job, emit, cancel, clock)
        self._register(job.id, cancel)
        started = time.monotonic()
        try:
            with self.slots.take(cancel, lambda place: emit(Event(job.id, Stage.QUEUED, position=place))):
                clock.queue_ms = since(started)
                return worker.work()
        except QueueFull as error:
            raise Busy(str(error)) from error
        except Cancelled as error:
            return JobResult(job.id, error=f"cancelled: {error}", timings=Timings(queue_ms=since(started)))
        finally:
            with self._lock:
                self._jobs.pop(job.id, None)

    def cancel(self, job_id: str, reason: str = "on request") -> bool:
        with self._lock:
            found = self._jobs.get(job_id)
        if found is None:
            return False
        found.set(reason)
        return True

    def drain(self, reason: str, seconds: float) -> None:
        """Cancel every job and wait until their boxes are handed back, or the time is over."""
        until = time.monotonic() + seconds
        while self._jobs and time.monotonic() < until:
            with self._lock:
                running = list(self._jobs.values())
            for cancel in running:
                cancel.set(reason)
            time.sleep(0.05)

    def _register(self, job_id: str, cancel: Cancel) -> None:
        with self._lock:
            if job_id in self._jobs:
                raise Refused(f"a job with the id {job_id} is waiting or running already")
            self._jobs[job_id] = cancel

    def _worker(self, job: Job, emit: Emit, cancel: Cancel, clock: Clock) -> Worker:
        engine, state = self.preparer.engine, self.preparer.state
        for name in dict.fromkeys([job.language, *([job.driver.language] if job.driver else [])]):
            self._check_language(name)
        if engine is None:
            raise Refused(f"code runs are off: {state.reason}. {state.cure}")
        found = self.preparer.language(job.language)
        try:
            return Worker(engine, job, emit, cancel, clock, found.versions if found else {})
        except NoProgram as error:
            raise Refused(str(error)) from error

    def _check_language(self, name: str) -> None:
        if name not in LANGUAGES:
            raise Refused(f"no language {name!r}; known: {', '.join(LANGUAGES)}")
        found = self.preparer.language(name)
        state = self.preparer.state
        if found is not None and found.state is Ready.PREPARING:
            raise Busy(f"{name} is being prepared: {found.detail} ({found.progress} %)")
        if state.engine == "off":
            raise Refused(f"code runs are off: {state.reason}. {state.cure}")
        if found is None or found.state in (Ready.FAILED, Ready.MISSING):
            raise Refused(f"{name} cannot run: {found.detail if found else 'this sandboxd leaves it out'}")
