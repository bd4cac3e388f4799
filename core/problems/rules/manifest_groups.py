"""The test groups of task.yaml."""

from dataclasses import dataclass
from decimal import Decimal

from core.problems.rules.fields import Fields
from core.problems.rules.kinds import Award, Kind, ResultFormat, RunMode, Trust, Visibility
from core.problems.rules.manifest_parts import read_checker, read_limits
from core.problems.rules.pack import Checker, Limits, Results
from core.problems.rules.paths import path_fault

ID = r"[a-z0-9]+([-_.][a-z0-9]+)*"
ID_CURE = "use a-z, 0-9 with single - _ . between"
MAX_GROUPS = 30
MAX_CASES = 500
MAX_INLINE = 64 * 1024

COMMON = ("id", "title", "visibility", "points", "award", "cases", "limits", "languages")
OF_KIND = {
    Kind.IO: ("checker",),
    Kind.PROJECT: ("trust", "run", "argv", "language", "results", "driver_limits"),
}


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """A case as declared. `stdin`/`expected` None: the case's .in and .out files are meant."""

    id: str
    title: str
    stdin: bytes | None
    expected: bytes | None
    args: tuple[str, ...]
    name: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A group as declared; `checker` None takes the pack's."""

    id: str
    title: str
    visibility: Visibility
    points: Decimal
    award: Award
    trust: Trust
    run: RunMode
    checker: Checker | None
    cases: tuple[CaseSpec, ...]
    limits: Limits
    languages: tuple[str, ...] | None
    argv: tuple[str, ...]
    language: str
    results: Results | None
    driver_limits: Limits
    fields: Fields


def read_groups(fields: Fields, kind: Kind) -> tuple[GroupSpec, ...]:
    """The list `groups`; at least one."""
    items = fields.items("groups", most=MAX_GROUPS, required=True)
    if fields.has("groups") and not items:
        fields.fault("groups", "names no group; add at least one public and one hidden group")
    return tuple(_group(item, kind) for item in items)


def _group(fields: Fields, kind: Kind) -> GroupSpec:
    fields.allow(*COMMON, *OF_KIND[kind])
    trust = Trust.OUT_OF_PROCESS
    if kind is Kind.PROJECT:
        trust = fields.word("trust", Trust, Trust.IN_PROCESS, required=True)
    each = RunMode.EACH if trust is Trust.OUT_OF_PROCESS else RunMode.ONCE
    group_id = fields.text("id", required=True, longest=30, pattern=ID, cure=ID_CURE)
    return GroupSpec(
        id=group_id,
        title=fields.text("title", default=group_id, longest=120),
        visibility=fields.word("visibility", Visibility, Visibility.HIDDEN, required=True),
        points=fields.decimal("points", "0", "1000", places=2),
        award=fields.word("award", Award, Award.EACH),
        trust=trust,
        run=fields.word("run", RunMode, each if kind is Kind.PROJECT else RunMode.EACH),
        checker=read_checker(fields, "checker", Checker()) if fields.has("checker") else None,
        cases=tuple(_case(item, kind) for item in fields.items("cases", most=MAX_CASES)),
        limits=read_limits(fields, "limits"),
        languages=fields.texts("languages", most=20) if fields.has("languages") else None,
        argv=_argv(fields, kind),
        language=fields.text("language"),
        results=_results(fields, kind),
        driver_limits=_driver_limits(fields, trust),
        fields=fields,
    )


def _argv(fields: Fields, kind: Kind) -> tuple[str, ...]:
    return fields.texts("argv", most=40, required=kind is Kind.PROJECT) or ()


def _driver_limits(fields: Fields, trust: Trust) -> Limits:
    if trust is Trust.IN_PROCESS and fields.has("driver_limits"):
        fields.fault("driver_limits", "is for out_of_process groups; remove it")
    return read_limits(fields, "driver_limits")


def _results(fields: Fields, kind: Kind) -> Results | None:
    inner = fields.mapping("results", required=True) if kind is Kind.PROJECT else None
    if inner is None:
        return None
    inner.allow("format", "file")
    form = inner.word("format", ResultFormat, ResultFormat.TAP, required=True)
    file = inner.text("file", required=True)
    fault = path_fault(file) if file else ""
    if fault:
        inner.fault("file", fault)
    return Results(form, file)


def _case(fields: Fields, kind: Kind) -> CaseSpec:
    mine = ("stdin", "expected") if kind is Kind.IO else ("name",)
    fields.allow("id", "title", "args", *mine)
    case_id = fields.text("id", required=True, longest=60, pattern=ID, cure=ID_CURE)
    return CaseSpec(
        id=case_id,
        title=fields.text("title", default=case_id, longest=160),
        stdin=_inline(fields, "stdin"),
        expected=_inline(fields, "expected"),
        args=fields.texts("args", most=40) or (),
        name=fields.text("name", longest=300),
        fields=fields,
    )


def _inline(fields: Fields, name: str) -> bytes | None:
    if not fields.has(name):
        return None
    return fields.text(name, longest=MAX_INLINE, empty=True).encode("utf-8", "replace")
