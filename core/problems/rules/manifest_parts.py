"""The smaller parts of task.yaml: languages, limits, checker, mutants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.problems.rules.fields import Fields, did_you_mean
from core.problems.rules.kinds import EXPECTABLE, CheckerKind, Kind, Status
from core.problems.rules.pack import Checker, Limits
from core.problems.rules.paths import path_fault

LIMIT_RANGES = {
    "wall_ms": (100, 300_000),
    "cpu_ms": (100, 120_000),
    "memory_mb": (16, 2_048),
    "output_kb": (1, 8_192),
    "processes": (1, 256),
    "disk_mb": (1, 512),
}
BASE = r"none|starter|references/[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """A language as declared; `fields` gives the lines of later faults."""

    name: str
    starter: str
    entry: str
    build: tuple[str, ...] | None
    argv: tuple[str, ...] | None
    limits: Limits
    build_limits: Limits
    fields: Fields


@dataclass(frozen=True, slots=True)
class MutantSpec:
    """What task.yaml says about the mutant folder `name`."""

    name: str
    base: str
    expect: Status
    note: str
    fields: Fields


def read_limits(fields: Fields, name: str) -> Limits:
    """The limits under `name`; absent ones stay None."""
    inner = fields.mapping(name) if fields.has(name) else None
    if inner is None:
        return Limits()
    inner.allow(*LIMIT_RANGES)
    return Limits(**{key: inner.integer(key, low, high) for key, (low, high) in LIMIT_RANGES.items()})


def read_checker(fields: Fields, name: str, default: Checker) -> Checker:
    """`checker: tokens` or `checker: {kind: floats, absolute: 1e-6, relative: 1e-6}`."""
    if not fields.has(name):
        return default
    if fields.is_scalar(name):
        checker = Checker(fields.word(name, CheckerKind, CheckerKind.TOKENS))
    else:
        inner = fields.mapping(name)
        if inner is None:
            return default
        inner.allow("kind", "absolute", "relative")
        checker = Checker(
            inner.word("kind", CheckerKind, CheckerKind.TOKENS, required=True),
            inner.decimal("absolute", "0", "1000000"),
            inner.decimal("relative", "0", "1"),
        )
    tolerant = bool(checker.absolute or checker.relative)
    if tolerant != (checker.kind is CheckerKind.FLOATS):
        fields.fault(name, "needs `absolute` or `relative` for kind floats, and only there")
    return checker


def read_languages(
    fields: Fields, kind: Kind, known: Sequence[str], entries: Mapping[str, str]
) -> tuple[LanguageSpec, ...]:
    """The mapping `languages: {python: {…}, …}`; at least one."""
    block = fields.mapping("languages", required=True)
    if block is None:
        return ()
    if not block.names():
        fields.fault("languages", "names no language; add at least one")
    found = []
    for name in block.names():
        if name not in known:
            block.fault(name, f"is no language of the runner; {did_you_mean(name, known)}")
            continue
        inner = block.mapping(name)
        if inner is not None:
            found.append(_language(inner, name, kind, entries.get(name, "")))
    return tuple(found)


def _language(fields: Fields, name: str, kind: Kind, entry: str) -> LanguageSpec:
    fields.allow("starter", "entry", "build", "argv", "limits", "build_limits")
    if kind is Kind.PROJECT and not fields.has("argv"):
        fields.fault("argv", "is missing; a project says how its program is started")
    spec = LanguageSpec(
        name=name,
        starter=fields.text(
            "starter", default=f"starter/{name}", pattern=r"starter/[a-z0-9-]+", cure="starter/<name>"
        ),
        entry=fields.text("entry", default=entry if kind is Kind.IO else ""),
        build=fields.texts("build", most=40),
        argv=fields.texts("argv", most=40),
        limits=read_limits(fields, "limits"),
        build_limits=read_limits(fields, "build_limits"),
        fields=fields,
    )
    fault = path_fault(spec.entry) if spec.entry else ""
    if fault:
        fields.fault("entry", fault)
    return spec


def read_mutants(fields: Fields) -> tuple[MutantSpec, ...]:
    """The optional mapping `mutants: {python-naive: {base, expect, note}}`."""
    block = fields.mapping("mutants") if fields.has("mutants") else None
    if block is None:
        return ()
    inners = [(name, inner) for name in block.names() if (inner := block.mapping(name)) is not None]
    return tuple(_mutant(name, inner) for name, inner in inners)


def _mutant(name: str, fields: Fields) -> MutantSpec:
    fields.allow("base", "expect", "note")
    expect = fields.word("expect", Status, Status.WRONG)
    if expect not in EXPECTABLE:
        fields.fault("expect", f"cannot be {expect.value}; use one of {', '.join(EXPECTABLE)}")
        expect = Status.WRONG
    base = fields.text("base", pattern=BASE, cure="write none, starter or references/<name>")
    return MutantSpec(name, base, expect, fields.text("note", longest=300), fields)
