"""The files of a pack sorted into their rooms; anything that fits nowhere is a problem."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.problems.rules.pack import Files
from core.problems.rules.paths import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, path_fault
from core.problems.rules.problem import Problems

MANIFEST = "task.yaml"
STATEMENT = "statement.md"
ROOMS = ("starter", "tests", "references", "mutants")
LOOSE = (MANIFEST, STATEMENT, "README.md", "LICENSE")

Rooms = dict[str, dict[str, bytes]]


@dataclass(slots=True)
class Layout:
    """A pack's files by room: `starter["python"]["main.py"]`, `tests["samples"]["01.in"]`, …"""

    loose: dict[str, bytes] = field(default_factory=dict)
    starter: Rooms = field(default_factory=dict)
    tests: Rooms = field(default_factory=dict)
    references: Rooms = field(default_factory=dict)
    mutants: Rooms = field(default_factory=dict)


def sort_files(files: Mapping[str, bytes], problems: Problems) -> Layout:
    """Sorts path -> bytes into a Layout; unsafe, oversized and stray files are added to `problems`."""
    layout = Layout()
    if len(files) > MAX_FILES:
        problems.add(".", 0, f"holds more than {MAX_FILES} files; put small cases into task.yaml")
        return layout
    if sum(len(data) for data in files.values()) > MAX_TOTAL_BYTES:
        problems.add(".", 0, f"is larger than {MAX_TOTAL_BYTES // 2**20} MiB; make the test data smaller")
        return layout
    for path in sorted(files):
        fault = path_fault(path)
        if fault:
            problems.add(path[:200], 0, f"this path {fault}")
        elif len(files[path]) > MAX_FILE_BYTES:
            problems.add(path, 0, f"is larger than {MAX_FILE_BYTES // 2**20} MiB; make it smaller")
        else:
            _place(layout, path, files[path], problems)
    return layout


def _place(layout: Layout, path: str, data: bytes, problems: Problems) -> None:
    parts = path.split("/", 2)
    if len(parts) == 1 and path in LOOSE:
        layout.loose[path] = data
    elif len(parts) == 3 and parts[0] in ROOMS:
        room: Rooms = getattr(layout, parts[0])
        room.setdefault(parts[1], {})[parts[2]] = data
    else:
        problems.add(path, 0, f"does not belong to a pack; {_hint(parts)}")


def _hint(parts: list[str]) -> str:
    if parts[0] in ROOMS:
        return f"files lie in a folder of their own, like {parts[0]}/<name>/<file>"
    close = difflib.get_close_matches(parts[0][:80], [*ROOMS, *LOOSE], n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"a pack holds {', '.join(LOOSE)} and the folders {', '.join(ROOMS)}"


def overlay(base: Files, *layers: Files) -> Files:
    """The base with each layer laid over it in turn; later files win."""
    merged = dict(base)
    for layer in layers:
        merged.update(layer)
    return merged
