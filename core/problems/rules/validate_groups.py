"""Test groups joined with their files under tests/<group>/."""

from core.problems.rules.kinds import Kind, Visibility
from core.problems.rules.layout import Layout
from core.problems.rules.limits import merge_limits
from core.problems.rules.manifest import Manifest
from core.problems.rules.manifest_groups import MAX_CASES, GroupSpec
from core.problems.rules.pack import TestGroup
from core.problems.rules.problem import Problems
from core.problems.rules.validate_cases import io_cases, project_cases


def build_groups(manifest: Manifest, layout: Layout, problems: Problems) -> tuple[TestGroup, ...]:
    """The groups in declared order; every fault goes to `problems`."""
    seen: set[str] = set()
    for spec in manifest.groups:
        if spec.id in seen:
            spec.fields.fault("id", f"{spec.id!r} stands twice; give each group its own id")
        seen.add(spec.id)
    for folder in sorted(set(layout.tests) - seen):
        problems.add(f"tests/{folder}", 0, "belongs to no declared group; declare it or remove it")
    if manifest.groups and not any(spec.visibility is Visibility.PUBLIC for spec in manifest.groups):
        manifest.fields.fault("groups", "hold no public group; candidates need cases they can run")
    groups = tuple(_group(spec, manifest, layout, problems) for spec in manifest.groups)
    if sum(len(group.cases) for group in groups) > MAX_CASES:
        manifest.fields.fault("groups", f"hold more than {MAX_CASES} cases in all; remove some")
    return groups


def _group(spec: GroupSpec, manifest: Manifest, layout: Layout, problems: Problems) -> TestGroup:
    files = layout.tests.get(spec.id, {})
    if manifest.kind is Kind.IO:
        cases = io_cases(spec, files, problems)
        files = {}
    else:
        cases = project_cases(spec)
    names = tuple(language.name for language in manifest.languages)
    return TestGroup(
        id=spec.id,
        title=spec.title,
        visibility=spec.visibility,
        points=spec.points,
        award=spec.award,
        trust=spec.trust,
        run=spec.run,
        checker=spec.checker or manifest.checker,
        cases=cases,
        limits=merge_limits(spec.limits, manifest.limits),
        languages=_languages(spec, names),
        files=files,
        argv=spec.argv,
        language=_box_language(spec, manifest, names),
        results=spec.results,
        driver_limits=spec.driver_limits,
    )


def _languages(spec: GroupSpec, names: tuple[str, ...]) -> tuple[str, ...]:
    if spec.languages is None:
        return names
    for name in spec.languages:
        if name not in names:
            spec.fields.fault("languages", f"names {name!r}, which the pack does not declare")
    return tuple(name for name in names if name in spec.languages)


def _box_language(spec: GroupSpec, manifest: Manifest, names: tuple[str, ...]) -> str:
    """The tool set of the box the tests run in; a project of one language need not say it."""
    if manifest.kind is Kind.IO:
        if spec.language:
            spec.fields.fault("language", "is for kind project only; remove it")
        return ""
    if spec.language:
        return spec.language
    if len(names) > 1:
        spec.fields.fault("language", "is missing; say which language's tools run these tests")
    return names[0] if names else ""
