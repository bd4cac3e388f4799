"""What the application asks of a runner, in words of its own: a Plan goes in, progress and one Outcome come out.

Expected outputs are no part of a plan: verdicts are made outside, from the Outcome. Durations are milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.base.errors import N_, ProofroomError, Unavailable

Files = Mapping[str, bytes]


class RunnerUnavailable(Unavailable):
    """The runner does not answer, or went away in the middle of a run. The run may be tried again."""

    code = "runner_unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__("runner", N_("Code cannot run right now: %(reason)s"), reason=reason)
        self.reason = reason


class RunRefused(ProofroomError):
    """The runner will not run this plan as it stands; trying again would not help."""

    code = "run_refused"
    text = N_("This cannot be run: %(reason)s")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one program run or build; None leaves the default of the language."""

    wall_ms: int | None = None
    cpu_ms: int | None = None
    memory_mb: int | None = None
    output_kb: int | None = None
    processes: int | None = None
    disk_mb: int | None = None


@dataclass(frozen=True, slots=True)
class PlanTest:
    """One run of the program, or of the driver when the plan has one."""

    id: str
    stdin: bytes = b""
    args: tuple[str, ...] = ()
    limits: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class PlanDriver:
    """A test program for a second box; its files (hidden tests, expected values) exist there alone."""

    language: str
    files: Files
    argv: tuple[str, ...]
    limits: Bounds = Bounds()
    collect: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One job in one fresh box. ``build`` and ``argv`` None: the language's own way for ``entry``."""

    language: str
    entry: str
    files: Files
    tests: tuple[PlanTest, ...]
    build: tuple[str, ...] | None = None
    argv: tuple[str, ...] | None = None
    build_limits: Bounds = Bounds()
    collect: tuple[str, ...] = ()
    driver: PlanDriver | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language whose tools must be ready, sorted."""
        return tuple(sorted({self.language} | ({self.driver.language} if self.driver else set())))


@dataclass(frozen=True, slots=True)
class Done:
    """How one program run ended. ``status`` is a word of sandbox.protocol.Status, never "wrong"."""

    id: str
    status: str
    exit_code: int | None = None
    signal: int | None = None
    wall_ms: int = 0
    cpu_ms: int = 0
    peak_memory_kb: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    collected: Files = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole answer. ``error`` is set when the sandbox itself failed; after a failed build ``tests`` is empty."""

    build: Done | None = None
    tests: tuple[Done, ...] = ()
    error: str | None = None
    engine: str = ""
    toolchain: Mapping[str, str] = field(default_factory=dict)
    timings: Mapping[str, int] = field(default_factory=dict)

    @property
    def build_failed(self) -> bool:
        """Whether the build ended in anything but success."""
        return self.build is not None and self.build.status != "ok"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is: ``stage`` is queued, box, build or running; ``test`` counts from 1."""

    stage: str
    position: int = 0
    test: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class LanguageReadiness:
    """One language: ``state`` is ready, preparing (``progress`` 0-100), failed or missing (``detail``: why and cure)."""

    id: str
    name: str
    state: str
    detail: str = ""
    progress: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    self_test: str = ""


@dataclass(frozen=True, slots=True)
class RunnerState:
    """What a runner says of itself. ``engine`` is docker, bubblewrap or off; then ``reason`` and ``cure`` say more."""

    engine: str
    engine_version: str = ""
    reason: str = ""
    cure: str = ""
    weaknesses: tuple[str, ...] = ()
    languages: tuple[LanguageReadiness, ...] = ()
    slots: int = 0
    busy: int = 0
    queued: int = 0

    @property
    def ready_languages(self) -> tuple[str, ...]:
        """Languages that can run now; none while the engine is off."""
        if self.engine == "off":
            return ()
        return tuple(language.id for language in self.languages if language.state == "ready")


OnProgress = Callable[[Progress], None]


class Runner(Protocol):
    """One sandbox."""

    def run(self, job_id: str, plan: Plan, on_progress: OnProgress) -> Outcome:
        """Run one plan to its end. ``on_progress`` is called at least every 2 s; what it raises ends the run.

        Raises RunnerUnavailable (may be tried again) and RunRefused (may not).
        """

    def status(self) -> RunnerState:
        """The state now; never raises: a runner that does not answer is "off" with the reason."""

    def cancel(self, job_id: str) -> bool:
        """End a run; False when there is none of this id, or nobody answers."""
