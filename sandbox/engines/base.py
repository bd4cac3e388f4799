"""What an engine is: it makes boxes. One fresh box a job, with the agent as its PID 1 and nothing else in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sandbox.agentlink import Transport
from sandbox.languages.base import Language

# Progress of a long preparation: percent and the step's name.
Progress = Callable[[int, str], None]


class EngineError(Exception):
    """The engine cannot do it; `cure` says what a person can do about it."""

    def __init__(self, reason: str, cure: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.cure = cure


@dataclass(frozen=True)
class BoxSpec:
    """Size of a box: the largest limits of everything that will run in it."""

    language: Language
    memory_mb: int
    disk_mb: int
    processes: int

    @property
    def scratch_mb(self) -> int:
        """The folder for temporary files; together with /box and shared memory it stays below the memory
        limit, of which all three take their pages."""
        return max(1, min(self.disk_mb, self.memory_mb // 4))

    @property
    def work_mb(self) -> int:
        return max(1, min(self.disk_mb, self.memory_mb // 2))

    @property
    def shared_mb(self) -> int:
        return max(1, min(16, self.memory_mb // 8))


class Box(Protocol):
    """A running box. `destroy` may be called more than once and from any thread."""

    transport: Transport

    def destroy(self) -> None: ...


class Engine(Protocol):
    """Docker or bubblewrap."""

    name: str
    # Without a process control group the agent counts processes itself.
    counts_processes: bool

    def version(self) -> str: ...

    def alive(self) -> None:
        """Raises EngineError when the engine no longer answers."""
        ...

    def weaknesses(self) -> tuple[str, ...]: ...

    def prepare(self, language: Language, progress: Progress) -> None:
        """Make the language ready to run. Raises EngineError. Cheap when it already is."""
        ...

    def open(self, spec: BoxSpec) -> Box:
        """A started box. Raises EngineError."""
        ...

    def sweep(self) -> int:
        """End boxes left over by an earlier sandboxd of the same state folder; how many."""
        ...

    def close(self) -> None: ...
