"""A toy stack for the supervisor's tests: started by `python -m tests.runtime.tree STATE [SCENARIO]`.

Each toy has a grandchild that ignores its parent's death, as foreign programs do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from runtime.console import Console
from runtime.guard import guarded
from runtime.lock import Lock
from runtime.service import Service
from runtime.supervisor import Supervisor

TOY = """
import os, pathlib, signal, subprocess, sys, time
name, state, pause = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3])
print(name, "begins", flush=True)
subprocess.Popen(["sleep", "1000"], start_new_session=name == "second")
time.sleep(pause)
(state / (name + ".ready")).touch()
with (state / "order").open("a") as f: f.write(name + " ready" + chr(10))
while True: time.sleep(1000)
"""
STEP = "import sys; print('the step says no'); sys.exit({code})"


def toy(state: Path, name: str, pause_seconds: float = 0.0) -> Service:
    """A part that is ready once its file stands."""
    mark = state / f"{name}.ready"
    return Service(
        name, [sys.executable, "-c", TOY, name, str(state), str(pause_seconds)], dict(os.environ),
        ready=mark.exists, ready_seconds=10, before=lambda: _begin(state, name, mark), grace_seconds=3)  # fmt: skip


def _begin(state: Path, name: str, mark: Path) -> None:
    mark.unlink(missing_ok=True)
    with (state / "order").open("a") as f:
        f.write(name + " started\n")


def step(code: int) -> Service:
    """A step that ends with `code`."""
    return Service("step", [sys.executable, "-c", STEP.format(code=code)], dict(os.environ), once=True)


def stages(state: Path, scenario: str) -> list[list[Service]]:
    """The stacks of the tests."""
    if scenario == "failing step":
        return [[toy(state, "first")], [step(3)], [toy(state, "second")]]
    if scenario == "broken part":
        broken = Service("broken", [sys.executable, "-c", "raise SystemExit('no such thing')"], dict(os.environ),
                         ready=lambda: False, ready_seconds=20)  # fmt: skip
        return [[broken]]
    if scenario == "slow to stop":
        slow = "import signal,sys,time; signal.signal(15, lambda *_: (time.sleep(4), sys.exit())); time.sleep(1000)"
        return [[Service("slow", [sys.executable, "-c", slow], dict(os.environ), grace_seconds=20)], [toy(state, "first")]]
    if scenario == "stubborn":
        deaf = "import signal,time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(1000)"
        part = Service("deaf", [sys.executable, "-c", deaf], dict(os.environ), grace_seconds=60)
        return [[part], [toy(state, "first")]]
    return [[toy(state, "first", 0.4)], [step(0)], [toy(state, "second")]]


def main() -> int:
    """Run the toy stack in the foreground."""
    state, scenario = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""

    def supervise() -> int:
        lock = Lock(state)
        console = Console(state / "log")
        ready = lambda: console.say("proofroom", "all ready")  # noqa: E731
        return Supervisor(stages(state, scenario), console, on_ready=ready, on_stop=lock.stopping).run()

    return guarded(supervise)


if __name__ == "__main__":
    sys.exit(main())
