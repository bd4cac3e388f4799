"""The cases of a group: from .in/.out files and from task.yaml."""

import re

from core.problems.rules.kinds import RunMode, Trust
from core.problems.rules.manifest_groups import ID, CaseSpec, GroupSpec
from core.problems.rules.pack import Files, TestCase
from core.problems.rules.problem import Problems


def natural(text: str) -> list[tuple[int, str]]:
    """Sorts case-2 before case-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"([0-9]{1,9})", text)]


def io_cases(spec: GroupSpec, files: Files, problems: Problems) -> tuple[TestCase, ...]:
    """Declared cases first, in their order, then the remaining file cases in natural order."""
    pairs = _pairs(spec, files, problems)
    cases = []
    for case in _unique(spec):
        made = _declared(case, pairs.pop(case.id, None))
        if made is not None:
            cases.append(made)
    rest = sorted(pairs.items(), key=lambda item: natural(item[0]))
    cases += [TestCase(name, name, stdin, expected) for name, (stdin, expected) in rest]
    _count(spec, len(cases))
    return tuple(cases)


def _pairs(spec: GroupSpec, files: Files, problems: Problems) -> dict[str, tuple[bytes, bytes]]:
    """Case id -> (input, expected output) for every complete pair of files."""
    pairs = {}
    for path in sorted(files):
        place = f"tests/{spec.id}/{path}"
        stem, dot, suffix = path.rpartition(".")
        if suffix not in ("in", "out") or not re.fullmatch(ID, stem):
            problems.add(place, 0, "is no case file; name it <case>.in or <case>.out, with a-z, 0-9, - _ .")
        elif suffix == "out" and f"{stem}.in" not in files:
            problems.add(place, 0, f"has no {stem}.in beside it; add the input")
        elif suffix == "in" and f"{stem}.out" not in files:
            problems.add(place, 0, f"has no {stem}.out beside it; add the expected output")
        elif suffix == "in":
            pairs[stem] = (files[path], files[f"{stem}.out"])
    return pairs


def _declared(case: CaseSpec, pair: tuple[bytes, bytes] | None) -> TestCase | None:
    if pair is not None:
        if case.stdin is not None or case.expected is not None:
            case.fields.fault("id", f"{case.id!r} stands in task.yaml and in files; keep one")
        return TestCase(case.id, case.title, *pair, args=case.args)
    if case.expected is None:
        message = f"{case.id!r} has no expected output; add `expected` or files {case.id}.in and .out"
        case.fields.fault("id", message)
        return None
    return TestCase(case.id, case.title, case.stdin or b"", case.expected, args=case.args)


def project_cases(spec: GroupSpec) -> tuple[TestCase, ...]:
    """The cases a project group must report; a result file without one of them fails that case."""
    cases = []
    names: set[str] = set()
    for case in _unique(spec):
        name = case.name or case.id
        if spec.run is RunMode.ONCE and name in names:
            case.fields.fault("name", f"{name!r} is looked for by two cases; give each its own")
        names.add(name)
        if spec.run is RunMode.ONCE and case.args:
            case.fields.fault(
                "args", "needs `run: each`; with one run for all cases there is nobody to take it"
            )
        cases.append(TestCase(case.id, case.title, args=case.args, name=name))
    if spec.run is RunMode.EACH and spec.trust is Trust.IN_PROCESS:
        spec.fields.fault("run", "each is for out_of_process groups; remove it")
    _count(spec, len(cases))
    return tuple(cases)


def _unique(spec: GroupSpec) -> list[CaseSpec]:
    kept: dict[str, CaseSpec] = {}
    for case in spec.cases:
        if case.id in kept:
            case.fields.fault("id", f"{case.id!r} stands twice in this group; give each case its own id")
        else:
            kept[case.id] = case
    return list(kept.values())


def _count(spec: GroupSpec, number: int) -> None:
    if not number:
        spec.fields.fault("id", f"{spec.id!r} has no cases; add files under tests/{spec.id}/ or `cases`")
