"""A program that runs the embedded PostgreSQL under the real supervisor: `python -m tests.runtime.database STATE`."""

from __future__ import annotations

import sys
from pathlib import Path

from runtime.console import Console
from runtime.guard import guarded
from runtime.lock import Lock
from runtime.parts import postgres, redis
from runtime.supervisor import Supervisor


def main() -> int:
    """PostgreSQL and Redis in the foreground."""
    state = Path(sys.argv[1])

    def supervise() -> int:
        lock = Lock(state)
        console = Console(state / "log", verbose=True)
        stages = [[postgres(state), redis(state)]]
        return Supervisor(stages, console, on_ready=lambda: console.say("proofroom", "all ready"), on_stop=lock.stopping).run()

    return guarded(supervise)


if __name__ == "__main__":
    sys.exit(main())
