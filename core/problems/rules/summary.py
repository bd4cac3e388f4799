"""What lists and screens say of a pack without opening its files; stored beside each version as JSON."""

from __future__ import annotations

from typing import Any

from core.problems.rules.kinds import Visibility
from core.problems.rules.pack import Pack, TestGroup


def summary_of(pack: Pack) -> dict[str, Any]:
    """``pack_versions.manifest``: everything of the pack but the contents of files and cases."""
    return {
        "slug": pack.slug,
        "version": pack.version,
        "title": pack.title,
        "summary": pack.summary,
        "kind": pack.kind.value,
        "effort_minutes": pack.effort_minutes,
        "difficulty": pack.difficulty.value,
        "tags": list(pack.tags),
        "authors": list(pack.authors),
        "licence": pack.licence,
        "languages": [language.name for language in pack.languages],
        "groups": [_group(group) for group in pack.groups],
        "references": [{"name": each.name, "language": each.language} for each in pack.references],
        "mutants": [
            {"name": each.name, "language": each.language, "expect": each.expect.value, "note": each.note}
            for each in pack.mutants
        ],
        "questions": list(pack.questions),
    }


def _group(group: TestGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "title": group.title,
        "visibility": group.visibility.value,
        "points": str(group.points),
        "award": group.award.value,
        "trust": group.trust.value,
        "cases": len(group.cases),
        "languages": list(group.languages),
    }


def public_groups(pack: Pack, language: str) -> tuple[TestGroup, ...]:
    """The groups that a candidate in ``language`` may see and run."""
    groups = pack.groups_for(language)
    return tuple(group for group in groups if group.visibility is Visibility.PUBLIC)
