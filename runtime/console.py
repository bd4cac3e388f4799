"""One readable console for many processes, and one log file for each of them."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path

from runtime.service import Service

LOG_LIMIT_BYTES = 10_000_000

# What a quiet console still shows: warnings and worse, in plain text, PostgreSQL's style or JSON.
LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback |\"level\": ?\"(warning|error|critical)\"")

# Keys that may sit in somebody's terminal colours or cursor: a part's output must not steer the terminal.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


def loud(line: str) -> bool:
    """Whether a line of output is worth the console."""
    return bool(LOUD.search(line))


def plain(line: str) -> str:
    """A structured log line as a person reads it: `warning mail.failed to=… reason=…`; other lines as they are."""
    if not line.startswith("{"):
        return line
    try:
        fields = json.loads(line)
        head = f"{fields.pop('level')} {fields.pop('event')}"
    except (ValueError, KeyError, AttributeError):
        return line
    trace = fields.pop("exception", "")
    rest = [f"{key}={value}" for key, value in fields.items() if key not in ("at", "timestamp")]
    return " ".join([head, *rest, str(trace).strip().rpartition("\n")[2]]).strip()


class Console:
    """Writes prefixed lines to standard output; keeps every line of every part under `logs`/<part>.log."""

    def __init__(self, logs: Path, *, verbose: bool = False, width: int = 10) -> None:
        self.logs, self.verbose, self.width = logs, verbose, width
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)

    def say(self, name: str, text: str) -> None:
        """One line on the console alone: also the place for what must never reach a log file."""
        line = f"{name:<{self.width}} | {CONTROL.sub('', text)}\n"
        # A closed terminal must not end the stack in the middle of its orderly stop.
        with contextlib.suppress(OSError):
            os.write(1, line.encode(errors="replace"))

    def part_said(self, service: Service, line: str) -> None:
        """A line of output of a part: always to its log, to the console when it matters."""
        service.last_lines.append(line)
        self._log(service.name, line)
        if self.verbose or service.shows(line):
            self.say(service.name, plain(line))

    def last_words(self, service: Service) -> None:
        """The last lines a part wrote, when it ended badly."""
        if not self.verbose:
            for line in service.last_lines:
                if not service.shows(line):  # the others stand above
                    self.say(service.name, "  " + plain(line))
        self.say(service.name, f"the whole output is in {self.logs / (service.name + '.log')}")

    def _log(self, name: str, line: str) -> None:
        path = self.logs / f"{name}.log"
        with contextlib.suppress(OSError):  # a full disk must not stop the supervisor
            with path.open("ab") as file:
                file.write(line.encode(errors="replace") + b"\n")
                size = file.tell()
            if size > LOG_LIMIT_BYTES:
                path.replace(path.with_suffix(".log.1"))
