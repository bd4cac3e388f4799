"""What a check says: how it is, what was found, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """ok; warn = works, with a drawback or not known; fail = something people need does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``cure`` is one sentence, empty only when the state is ok."""

    name: str
    state: State
    found: str
    cure: str = ""

    def json(self) -> dict[str, str]:
        """The finding as plain values."""
        return {key: str(value) for key, value in asdict(self).items()}


def ok(name: str, found: str) -> Finding:
    """All is well."""
    return Finding(name, State.OK, found)


def warn(name: str, found: str, cure: str) -> Finding:
    """Worth knowing; nothing people need is broken."""
    return Finding(name, State.WARN, found, cure)


def fail(name: str, found: str, cure: str) -> Finding:
    """Broken."""
    return Finding(name, State.FAIL, found, cure)


def worst(findings: list[Finding]) -> State:
    """The state of the whole."""
    states = {finding.state for finding in findings}
    return next((state for state in (State.FAIL, State.WARN) if state in states), State.OK)


def one_line(error: object, limit: int = 200) -> str:
    """An error's first line, bounded: drivers add pages of advice."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:limit]
