"""Which runs a submission, a reference or a mutant needs, in words of our own.

The runner gateway maps a RunPlan to a job of the sandbox; the fields mean the same there.
An `io` pack needs one plan for all its groups (one box, one build); a project needs one a group,
because each group brings its own files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.problems.rules.kinds import Kind, RunMode, Trust, Visibility
from core.problems.rules.layout import overlay
from core.problems.rules.limits import loosest_limits
from core.problems.rules.pack import Files, Language, Limits, Mutant, Pack, Reference, TestCase, TestGroup
from core.problems.rules.paths import covers


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """One run of the program, or of the driver. `id` is group:case, or the group alone for run: once."""

    id: str
    group: str
    cases: tuple[str, ...]
    stdin: bytes
    args: tuple[str, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class PlannedDriver:
    """The second box: the group's files and the command that drives the candidate's program.

    `limits` bound the driver; the limits of the planned tests bound each start of the program.
    """

    language: str
    files: Files
    argv: tuple[str, ...]
    limits: Limits
    collect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One job. `argv`/`build` None: the runner's own way for `entry`. `collect` names files to bring back.

    With a driver each test is one run of the driver, its args follow the driver's argv.
    """

    groups: tuple[str, ...]
    language: str
    entry: str
    files: Files
    build: tuple[str, ...] | None
    argv: tuple[str, ...] | None
    build_limits: Limits
    tests: tuple[PlannedTest, ...]
    collect: tuple[str, ...]
    driver: PlannedDriver | None
    trust: Trust


def plan_submission(
    pack: Pack, language: str, files: Files, *, visibility: Visibility | None = None
) -> tuple[RunPlan, ...]:
    """The runs that grade these files; `visibility` public for the candidate's own click, None for all.

    Raises KeyError when the pack does not know the language.
    """
    spoken = pack.language(language)
    groups = [g for g in pack.groups_for(language) if visibility in (None, g.visibility)]
    if pack.kind is Kind.IO:
        return (_io_plan(spoken, files, groups),) if groups else ()
    tree = restore(files, spoken.starter_files, pack.restored)
    return tuple(_project_plan(spoken, tree, group) for group in groups)


def plan_reference(pack: Pack, reference: Reference) -> tuple[RunPlan, ...]:
    """The runs that prove a reference."""
    return plan_submission(pack, reference.language, reference.files)


def plan_mutant(pack: Pack, mutant: Mutant) -> tuple[RunPlan, ...]:
    """The runs that prove a mutant is found out: hidden groups only, that is where it must fail."""
    return plan_submission(pack, mutant.language, mutant.files, visibility=Visibility.HIDDEN)


def restore(files: Files, starter: Files, restored: Sequence[str]) -> dict[str, bytes]:
    """The candidate's files with every restored path as the starter has it, added files there removed."""
    kept = {path: data for path, data in files.items() if not any(covers(p, path) for p in restored)}
    ours = {path: data for path, data in starter.items() if any(covers(p, path) for p in restored)}
    return kept | ours


def _io_plan(language: Language, files: Files, groups: Sequence[TestGroup]) -> RunPlan:
    return RunPlan(
        groups=tuple(group.id for group in groups),
        language=language.name,
        entry=language.entry,
        files=dict(files),
        build=language.build,
        argv=language.argv,
        build_limits=language.build_limits,
        tests=tuple(_one(group, case, language) for group in groups for case in group.cases),
        collect=(),
        driver=None,
        trust=Trust.OUT_OF_PROCESS,
    )


def _project_plan(language: Language, tree: Files, group: TestGroup) -> RunPlan:
    inside = group.trust is Trust.IN_PROCESS
    collect = (group.results.file,) if group.results else ()
    driver = None
    if not inside:
        driver = PlannedDriver(group.language, dict(group.files), group.argv, group.driver_limits, collect)
    return RunPlan(
        groups=(group.id,),
        language=language.name,
        entry=language.entry,
        files=overlay(tree, group.files if inside else {}),
        build=language.build,
        argv=group.argv if inside else language.argv,
        build_limits=language.build_limits,
        tests=_project_tests(group, language),
        collect=collect if inside else (),
        driver=driver,
        trust=group.trust,
    )


def _project_tests(group: TestGroup, language: Language) -> tuple[PlannedTest, ...]:
    if group.run is RunMode.EACH:
        return tuple(_one(group, case, language) for case in group.cases)
    ids = tuple(case.id for case in group.cases)
    return (PlannedTest(group.id, group.id, ids, b"", (), _limits(group, language)),)


def _one(group: TestGroup, case: TestCase, language: Language) -> PlannedTest:
    place = f"{group.id}:{case.id}"
    return PlannedTest(place, group.id, (case.id,), case.stdin, case.args, _limits(group, language))


def _limits(group: TestGroup, language: Language) -> Limits:
    return loosest_limits(language.limits, group.limits)
