"""Strict reading of a whole pack: path -> bytes in, a valid `Pack` or every problem out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.problems.rules.kinds import Kind, Visibility
from core.problems.rules.layout import MANIFEST, STATEMENT, Layout, sort_files
from core.problems.rules.manifest import Manifest, read_manifest
from core.problems.rules.pack import Files, Language, Pack
from core.problems.rules.problem import Problem, Problems
from core.problems.rules.validate_groups import build_groups
from core.problems.rules.validate_languages import build_languages
from core.problems.rules.validate_solutions import build_mutants, build_references

MAX_STATEMENT = 100_000


@dataclass(frozen=True, slots=True)
class ReadPack:
    """`pack` is None exactly when there are `problems`."""

    pack: Pack | None
    problems: tuple[Problem, ...]


def read_pack(files: Mapping[str, bytes]) -> ReadPack:
    """Reads and checks a pack given as relative path -> content. Never raises for bad content."""
    problems = Problems()
    layout = sort_files(files, problems)
    if MANIFEST not in layout.loose:
        problems.add(MANIFEST, 0, "is missing; every pack has one at its top")
        return ReadPack(None, problems.as_tuple())
    manifest = read_manifest(MANIFEST, layout.loose[MANIFEST], problems)
    if manifest is None:
        return ReadPack(None, problems.as_tuple())
    pack = _build(manifest, layout, digest_of(files), problems)
    return ReadPack(None if problems else pack, problems.as_tuple())


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over sorted paths and contents, hexadecimal; the same for folder and zip."""
    total = hashlib.sha256()
    for path in sorted(files):
        name = path.encode("utf-8", "surrogatepass")
        total.update(len(name).to_bytes(4, "big") + name)
        total.update(hashlib.sha256(files[path]).digest())
    return total.hexdigest()


def _build(manifest: Manifest, layout: Layout, digest: str, problems: Problems) -> Pack:
    languages = build_languages(manifest, layout, problems)
    groups = build_groups(manifest, layout, problems)
    references = build_references(manifest, layout, languages, problems)
    mutants = build_mutants(manifest, layout, languages, references, problems)
    _check_points(manifest)
    _check_restored(manifest, languages)
    return Pack(
        slug=manifest.slug,
        version=manifest.version,
        title=manifest.title,
        summary=manifest.summary,
        kind=manifest.kind,
        effort_minutes=manifest.effort_minutes,
        difficulty=manifest.difficulty,
        tags=manifest.tags,
        authors=manifest.authors,
        licence=manifest.licence,
        statement=_statement(layout, problems),
        languages=languages,
        groups=groups,
        references=references,
        mutants=mutants,
        restored=manifest.restored,
        questions=manifest.questions,
        digest=digest,
    )


def _statement(layout: Layout, problems: Problems) -> str:
    data = layout.loose.get(STATEMENT)
    if data is None:
        problems.add(STATEMENT, 0, "is missing; it tells the candidate what to do")
        return ""
    text = utf8(STATEMENT, data, problems)
    if not text.strip():
        problems.add(STATEMENT, 0, "is empty; tell the candidate what to do")
    if len(text) > MAX_STATEMENT:
        problems.add(STATEMENT, 0, f"is longer than {MAX_STATEMENT} characters; shorten it")
    return text


def utf8(path: str, data: bytes, problems: Problems) -> str:
    """The text of a file that must be UTF-8; "" with a problem when it is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(path, line, "is not UTF-8; save the file as UTF-8")
        return ""


def _check_points(manifest: Manifest) -> None:
    for language in manifest.languages:
        points = sum(
            (
                group.points
                for group in manifest.groups
                if group.visibility is Visibility.HIDDEN
                and (group.languages is None or language.name in group.languages)
            ),
            Decimal(0),
        )
        if manifest.groups and not points:
            message = f"give no points to a hidden group for {language.name}; give one `points`"
            manifest.fields.fault("groups", message)


def _check_restored(manifest: Manifest, languages: tuple[Language, ...]) -> None:
    for language in languages:
        if manifest.kind is Kind.PROJECT and language.entry:
            _must_hold(language.starter_files, language.entry, manifest, language.name)


def _must_hold(files: Files, entry: str, manifest: Manifest, name: str) -> None:
    if entry not in files:
        for spec in manifest.languages:
            if spec.name == name:
                spec.fields.fault("entry", f"names {entry}, which is not among the starter files")
