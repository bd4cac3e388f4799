"""A problem pack as values. Built by `validate.read_pack` only, so a `Pack` in hand is a valid one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from core.problems.rules.kinds import (
    Award,
    CheckerKind,
    Difficulty,
    Kind,
    ResultFormat,
    RunMode,
    Status,
    Trust,
    Visibility,
)

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one test or build; None leaves the runner's default of the language."""

    wall_ms: int | None = None
    cpu_ms: int | None = None
    memory_mb: int | None = None
    output_kb: int | None = None
    processes: int | None = None
    disk_mb: int | None = None


@dataclass(frozen=True, slots=True)
class Checker:
    """How an output is compared; the tolerances count for `floats` alone."""

    kind: CheckerKind = CheckerKind.TOKENS
    absolute: Decimal = Decimal(0)
    relative: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Language:
    """One language of a pack. `build` and `argv` None: the runner's own way for `entry`."""

    name: str
    starter: str
    entry: str
    build: tuple[str, ...] | None
    argv: tuple[str, ...] | None
    limits: Limits
    build_limits: Limits
    starter_files: Files


@dataclass(frozen=True, slots=True)
class TestCase:
    """One case. io: `stdin` and `expected`. project: `name` is how the result file calls it."""

    __test__: ClassVar[bool] = False  # Keeps pytest from collecting it.

    id: str
    title: str
    stdin: bytes = b""
    expected: bytes = b""
    args: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """Where a project group's results are read: a file the test run leaves behind."""

    format: ResultFormat
    file: str


@dataclass(frozen=True, slots=True)
class TestGroup:
    """Cases that share visibility, points and trust.

    `files` are the group's test files: laid over the candidate's in an `in_process` group, the
    content of the driver's box in an `out_of_process` one. `argv` starts the tests (project) and
    `language` is the tool set of the box it runs in. `limits` bound the candidate's program,
    `driver_limits` the driver of an `out_of_process` group.
    """

    __test__: ClassVar[bool] = False

    id: str
    title: str
    visibility: Visibility
    points: Decimal
    award: Award
    trust: Trust
    run: RunMode
    checker: Checker
    cases: tuple[TestCase, ...]
    limits: Limits
    languages: tuple[str, ...]
    files: Files
    argv: tuple[str, ...] = ()
    language: str = ""
    results: Results | None = None
    driver_limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Reference:
    """A right solution: `files` is the whole tree, the starter with the reference laid over it."""

    name: str
    language: str
    files: Files


@dataclass(frozen=True, slots=True)
class Mutant:
    """A plausible wrong solution: `files` is the whole tree; `expect` is how it must end."""

    name: str
    language: str
    files: Files
    expect: Status = Status.WRONG
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A valid pack. `digest` is the SHA-256 over its sorted paths and contents, hexadecimal."""

    slug: str
    version: str
    title: str
    summary: str
    kind: Kind
    effort_minutes: int
    difficulty: Difficulty
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    licence: str
    statement: str
    languages: tuple[Language, ...]
    groups: tuple[TestGroup, ...]
    references: tuple[Reference, ...]
    mutants: tuple[Mutant, ...]
    restored: tuple[str, ...]
    questions: tuple[str, ...]
    digest: str

    def language(self, name: str) -> Language:
        """The language called `name`. Raises KeyError."""
        for language in self.languages:
            if language.name == name:
                return language
        raise KeyError(name)

    def group(self, group_id: str) -> TestGroup:
        """The group with this id. Raises KeyError."""
        for group in self.groups:
            if group.id == group_id:
                return group
        raise KeyError(group_id)

    def groups_for(self, language: str) -> tuple[TestGroup, ...]:
        """The groups that grade this language, in the pack's order."""
        return tuple(group for group in self.groups if language in group.languages)
