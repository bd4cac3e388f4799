"""One foreground tree: starts the parts in stages, restarts what crashes, stops everything in reverse order.

Runs as the child of `runtime.guard`. Every part has its own session, an output pipe to us and the kernel's promise to
be signalled when we die. We are a sub-reaper: what a crashed part leaves behind becomes our child and is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

from runtime.console import Console
from runtime.errors import CannotStart
from runtime.orphans import Orphans
from runtime.output import Output
from runtime.process import STOPPING, become_subreaper, child_setup, kill_group
from runtime.service import Service, how_it_ended, nothing

STEP = 0.05  # seconds between two looks while something is awaited
SAME_WISH_SECONDS = 0.7
CRASHES_BEFORE_GIVING_UP = 3  # before the first readiness; later a part is restarted for ever


class Supervisor:
    """`stages` start one after the other; the parts of a stage start together. `run()` returns the exit code."""

    def __init__(
        self, stages: Sequence[Sequence[Service]], console: Console, *,
        on_ready: Callable[[], None] = nothing, on_stop: Callable[[], None] = nothing,
    ) -> None:  # fmt: skip
        self.stages, self.console, self.on_ready, self.on_stop = stages, console, on_ready, on_stop
        self.services: list[Service] = []  # in the order of their first start
        self.output = Output(console)
        self.orphans = Orphans()
        self.asked = 0  # how often we were told to stop: the second time we do not wait any more
        self.asked_at = -SAME_WISH_SECONDS

    def run(self) -> int:
        """Start, watch until told to stop, stop. 0 after an ordered stop, 1 when the start failed."""
        become_subreaper()
        self._take_signals()
        code = 0
        try:
            self._start_all()
            if not self.asked:
                self.on_ready()
            while not self.asked:
                self.output.pump(1.0)
                self._look()
        except CannotStart as error:
            self.console.say("proofroom", str(error))
            code = 1
        finally:
            self._stop_all()
        return code

    def _take_signals(self) -> None:
        def told(_signal: int, _frame: object) -> None:
            # make, timeout(1) and terminals pass one wish on several times; a person's second one comes later.
            if time.monotonic() - self.asked_at > SAME_WISH_SECONDS:
                self.asked, self.asked_at = self.asked + 1, time.monotonic()

        for sig in STOPPING:
            signal.signal(sig, told)
        signal.signal(signal.SIGCHLD, lambda *_: self.orphans.note())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    # --- starting -------------------------------------------------------------------------------------------------

    def _start_all(self) -> None:
        for stage in self.stages:
            wanted = [service for service in stage if service.needed()]
            for service in wanted:
                if self.asked:
                    return
                self.services.append(service)
                self._start(service)
            for service in wanted:
                if service.waited:
                    self._await(service)

    def _start(self, service: Service) -> None:
        service.restart_at = None
        service.before()
        service.started = time.monotonic()
        service.process = subprocess.Popen(
            service.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, env=self.orphans.mark(service), preexec_fn=child_setup(service.user, service.orphan_signal))  # fmt: skip
        self.output.watch(service, service.process)

    def _await(self, service: Service) -> None:
        begun = time.monotonic()
        while not self.asked and not (service.announced or service.exit_code == 0 and service.once):
            if time.monotonic() - begun > service.ready_seconds:
                self._give_up(service, f"was not ready after {service.ready_seconds:g} s")
            if service.exit_code and (service.once or service.failures >= CRASHES_BEFORE_GIVING_UP):
                self._give_up(service, f"failed: {how_it_ended(service.exit_code)}")
            self.output.pump(STEP)
            self._look()

    def _give_up(self, service: Service, why: str) -> None:
        self.console.last_words(service)
        raise CannotStart(f"{service.name} {why}")

    # --- watching -------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        for service in self.services:
            if service.process and service.process.poll() is not None:
                self._has_ended(service, service.process)
            if service.due:
                self._restart(service)
            if not service.announced and not service.once and service.probe():
                service.announced = True
                if news := service.news():
                    self.console.say(service.name, news)
        self.orphans.reap({s.process.pid for s in self.services if s.process})

    def _has_ended(self, service: Service, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        service.ended(code)
        # Killed before the restart: a backend of a dead postmaster, say, would hold the memory its successor wants.
        self.orphans.kill_left_by(service, process.pid, {s.process.pid for s in self.services if s.process})
        self.output.drain(service)
        if service.once:
            if code == 0:
                self.console.say(service.name, f"done ({service.seconds_up:.1f} s)")
            elif not service.waited and not self.asked:  # an awaited step ends the start, which says why
                self.console.say(service.name, f"failed ({how_it_ended(code)}); everything else goes on")
        elif not self.asked:
            last = service.last_lines[-1][:160] if service.last_lines and not service.shows(service.last_lines[-1]) else ""
            again = f"starting again in {service.delay_seconds:g} s"
            self.console.say(service.name, f"ended by itself ({how_it_ended(code)}); {again}{last and ': ' + last}")

    def _restart(self, service: Service) -> None:
        try:
            self._start(service)
        except (CannotStart, OSError) as error:
            self.console.say(service.name, str(error))
            service.ended(1)

    # --- stopping -------------------------------------------------------------------------------------------------

    def _stop_all(self) -> None:
        self.asked = max(self.asked, 1)
        self.on_stop()
        self.console.say("proofroom", "stopping (Ctrl-C again: at once)")
        for stage in reversed(self.stages):
            self._stop([s for s in stage if s.process])
        self.orphans.end_all(patient=lambda: self.asked < 2, pause=lambda: self.output.pump(STEP))
        self.console.say("proofroom", "all stopped")

    def _stop(self, services: list[Service]) -> None:
        """Ask all of a stage to end, wait each one's grace, then kill their groups."""
        begun = time.monotonic()
        for service in services:
            with contextlib.suppress(ProcessLookupError):
                assert service.process is not None
                os.kill(service.process.pid, service.stop_signal)
        while any(s.process for s in services):
            self.output.pump(STEP)
            for service in services:
                if service.process is None:
                    continue
                if service.process.poll() is not None:
                    self.output.drain(service, rounds=2)
                    service.process = None
                elif self.asked > 1 or time.monotonic() - begun > service.grace_seconds:
                    kill_group(service.process.pid)
                    service.process.wait()
                    service.process = None
                    self.console.say(service.name, "killed: it did not end when asked")
