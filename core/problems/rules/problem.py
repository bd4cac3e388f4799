"""What is wrong with a pack, said so that its author can mend it."""

from dataclasses import dataclass, field

MAX_PROBLEMS = 200


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: `path` inside the pack, `line` from 1 (0 = the whole file), message with the cure."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


@dataclass(slots=True)
class Problems:
    """Collects faults instead of stopping at the first, up to MAX_PROBLEMS."""

    found: list[Problem] = field(default_factory=list)

    def add(self, path: str, line: int, message: str) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(path, line, message))

    def __bool__(self) -> bool:
        return bool(self.found)

    def as_tuple(self) -> tuple[Problem, ...]:
        """Sorted by place, each fault once."""
        return tuple(sorted(set(self.found)))
