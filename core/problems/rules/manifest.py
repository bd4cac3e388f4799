"""task.yaml read into values; what it says is checked against the files in `validate`."""

import re
from dataclasses import dataclass

from core.problems.rules.fields import Fields
from core.problems.rules.kinds import DEFAULT_ENTRY, KNOWN_LANGUAGES, Difficulty, Kind
from core.problems.rules.manifest_groups import GroupSpec, read_groups
from core.problems.rules.manifest_parts import (
    LanguageSpec,
    MutantSpec,
    read_checker,
    read_languages,
    read_limits,
    read_mutants,
)
from core.problems.rules.pack import Checker, Limits
from core.problems.rules.paths import path_fault
from core.problems.rules.problem import Problems
from core.problems.rules.yamltree import compose

FORMAT = 1
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
VERSION = r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}"
TAG = r"[a-z0-9]+([.+#-][a-z0-9]+)*[+#]*"
FIELDS = [
    "format",
    "slug",
    "version",
    "title",
    "summary",
    "kind",
    "effort_minutes",
    "difficulty",
    "tags",
    "authors",
    "licence",
    "languages",
    "limits",
    "checker",
    "groups",
    "restored",
    "mutants",
    "questions",
]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What task.yaml says, with the fields object kept for the lines of later faults."""

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
    languages: tuple[LanguageSpec, ...]
    limits: Limits
    checker: Checker
    groups: tuple[GroupSpec, ...]
    restored: tuple[str, ...]
    mutants: tuple[MutantSpec, ...]
    questions: tuple[str, ...]
    fields: Fields


def read_manifest(path: str, data: bytes, problems: Problems) -> Manifest | None:
    """Reads task.yaml. None when it is no YAML mapping or of another format; else faults go to `problems`."""
    node = compose(path, data, problems)
    if node is None:
        return None
    fields = Fields(path, "", node, problems)
    if fields.integer("format", 1, 9999, required=True) != FORMAT:
        fields.fault("format", f"must be {FORMAT}, the format this version of Proofroom reads")
        return None
    fields.allow(*FIELDS)
    return _read(fields)


def _read(fields: Fields) -> Manifest:
    kind = fields.word("kind", Kind, Kind.IO, required=True)
    languages = read_languages(fields, kind, KNOWN_LANGUAGES, DEFAULT_ENTRY)
    return Manifest(
        slug=fields.text("slug", required=True, longest=60, pattern=SLUG, cure="use a-z, 0-9 and single -"),
        version=fields.text("version", required=True, pattern=VERSION, cure="write it like 1.0.0"),
        title=fields.text("title", required=True, longest=120),
        summary=fields.text("summary", required=True, longest=400),
        kind=kind,
        effort_minutes=fields.integer("effort_minutes", 5, 480, required=True) or 5,
        difficulty=fields.word("difficulty", Difficulty, Difficulty.MEDIUM, required=True),
        tags=_tags(fields),
        authors=fields.texts("authors", most=20, longest=120, required=True) or (),
        licence=fields.text("licence", required=True, longest=60),
        languages=languages,
        limits=read_limits(fields, "limits"),
        checker=read_checker(fields, "checker", Checker()),
        groups=read_groups(fields, kind),
        restored=_restored(fields, kind),
        mutants=read_mutants(fields),
        questions=fields.texts("questions", most=10, longest=500) or (),
        fields=fields,
    )


def _tags(fields: Fields) -> tuple[str, ...]:
    tags = fields.texts("tags", most=12, longest=40) or ()
    for tag in tags:
        if not _matches(TAG, tag):
            fields.fault("tags", f"holds {tag!r}; a tag is lower case with single - between words")
    return tags


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def _restored(fields: Fields, kind: Kind) -> tuple[str, ...]:
    paths = fields.texts("restored", most=50) or ()
    if paths and kind is not Kind.PROJECT:
        fields.fault("restored", "is for kind project only; remove it")
    for path in paths:
        fault = path_fault(path.removesuffix("/"))
        if fault:
            fields.fault("restored", f"holds {path[:60]!r}, which {fault}")
    return paths
