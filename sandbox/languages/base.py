"""A language: its image or packages, how it builds and runs, and a program that proves it works."""

from collections.abc import Callable
from dataclasses import dataclass, field

Paths = tuple[str, ...]
Argv = tuple[str, ...]


class NoProgram(ValueError):
    """The files hold nothing this language could start; the text names what it looks for."""


@dataclass(frozen=True)
class SelfTest:
    """A whole small program and what it must print."""

    files: dict[str, str]
    stdin: str
    stdout: str


@dataclass(frozen=True)
class Language:
    """`run` gets the job's paths and the memory limit in MB, `build` the paths; both answer an argv. `build` None:
    nothing to build.

    `programs` must exist on a host that runs it without an image; `packages` bring them on Debian. `versions` maps the
    toolchain's names to commands that print a version somewhere in their output.
    """

    id: str
    name: str
    image: str
    run: Callable[[Paths, int], Argv]
    self_test: SelfTest
    versions: dict[str, Argv]
    programs: tuple[str, ...]
    packages: tuple[str, ...]
    # Good to have: installed with the packages where that is ours to do, done without elsewhere.
    extras: tuple[str, ...] = ()
    build: Callable[[Paths], Argv] | None = None
    env: dict[str, str] = field(default_factory=dict)
    # What the language itself needs on top of a job's limit before the program's first line (virtual machines).
    overhead_mb: int = 0


def entry(paths: Paths, preferred: str, suffix: str) -> str:
    """The file to start: the preferred name, else the only one with this ending in the top folder."""
    if preferred in paths:
        return preferred
    top = [path for path in paths if "/" not in path and path.endswith(suffix)]
    if len(top) == 1:
        return top[0]
    raise NoProgram(f"the files must hold {preferred}, or exactly one {suffix} file in the top folder, or the job an argv")


def sources(paths: Paths, suffix: str) -> Paths:
    found = tuple(sorted(path for path in paths if path.endswith(suffix)))
    if not found:
        raise NoProgram(f"the files must hold at least one {suffix} file, or the job a build argv")
    return found
