"""References and mutants: complete trees made from starter and overlays."""

import re
from collections.abc import Sequence

from core.problems.rules.fields import did_you_mean
from core.problems.rules.kinds import Kind, Status
from core.problems.rules.layout import Layout, overlay
from core.problems.rules.manifest import Manifest
from core.problems.rules.manifest_parts import MutantSpec
from core.problems.rules.pack import Files, Language, Mutant, Reference
from core.problems.rules.problem import Problems

FOLDER = r"([a-z0-9]+)-([a-z0-9]+(?:-[a-z0-9]+)*)"


def _language_of(room: str, folder: str, known: Sequence[str], problems: Problems) -> str:
    """The declared language a folder name begins with, "" with a problem."""
    match = re.fullmatch(FOLDER, folder)
    if match is None or match[1] not in known:
        cure = f"name it <language>-<name>, the language one of: {', '.join(known)}"
        problems.add(f"{room}/{folder}", 0, f"belongs to no declared language; {cure}")
        return ""
    return match[1]


def build_references(
    manifest: Manifest, layout: Layout, languages: tuple[Language, ...], problems: Problems
) -> tuple[Reference, ...]:
    """One Reference a folder, laid over the language's starter; each language has at least one."""
    starters = {language.name: language.starter_files for language in languages}
    found = []
    for folder in sorted(layout.references):
        language = _language_of("references", folder, list(starters), problems)
        if language:
            files = overlay(starters[language], layout.references[folder])
            found.append(Reference(folder, language, files))
    for spec in manifest.languages:
        if not any(reference.language == spec.name for reference in found):
            cure = f"add references/{spec.name}-main/ with a solution that passes every test"
            manifest.fields.fault("languages", f"{spec.name} has no reference; {cure}")
    return tuple(found)


def build_mutants(
    manifest: Manifest,
    layout: Layout,
    languages: tuple[Language, ...],
    references: tuple[Reference, ...],
    problems: Problems,
) -> tuple[Mutant, ...]:
    """One Mutant a folder; each language has at least one."""
    starters = {language.name: language.starter_files for language in languages}
    specs = {spec.name: spec for spec in manifest.mutants}
    for name, spec in specs.items():
        if name not in layout.mutants:
            hint = did_you_mean(name, layout.mutants)
            spec.fields.fault("base", f"speaks of mutants/{name}/, which does not exist; {hint}")
    found = []
    for folder in sorted(layout.mutants):
        language = _language_of("mutants", folder, list(starters), problems)
        if language:
            spec_or_none = specs.get(folder)
            base = _base(
                folder, language, manifest.kind, spec_or_none, starters[language], references, problems
            )
            expect = spec_or_none.expect if spec_or_none else Status.WRONG
            note = spec_or_none.note if spec_or_none else ""
            found.append(Mutant(folder, language, overlay(base, layout.mutants[folder]), expect, note))
    _check_mutants(manifest, found, references, problems)
    return tuple(found)


def _base(
    folder: str,
    language: str,
    kind: Kind,
    spec: MutantSpec | None,
    starter: Files,
    references: tuple[Reference, ...],
    problems: Problems,
) -> Files:
    """What a mutant is laid over: as declared, else the starter (io) or the first reference (project)."""
    mine = [reference for reference in references if reference.language == language]
    base = spec.base if spec else ""
    if not base:
        return mine[0].files if kind is Kind.PROJECT and mine else starter
    if base == "none":
        return {}
    if base == "starter":
        return starter
    for reference in mine:
        if base == f"references/{reference.name}":
            return reference.files
    problems.add(f"mutants/{folder}", 0, f"is based on {base}/, which is no reference of {language}")
    return starter


def _check_mutants(
    manifest: Manifest, found: list[Mutant], references: tuple[Reference, ...], problems: Problems
) -> None:
    for spec in manifest.languages:
        if not any(mutant.language == spec.name for mutant in found):
            cure = f"add mutants/{spec.name}-<name>/ with a plausible wrong solution"
            manifest.fields.fault("languages", f"{spec.name} has no mutant; {cure}")
    for mutant in found:
        for reference in references:
            if dict(mutant.files) == dict(reference.files):
                message = f"is the same as references/{reference.name}/; change something"
                problems.add(f"mutants/{mutant.name}", 0, message)
