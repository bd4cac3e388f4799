"""What the people of the example hand in, composed of the packs' own files: nothing else is known to be right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.problems.rules.pack import Pack
from jobs.demo.edits import Edit, apply_edit, edits_between, with_faults

Texts = dict[str, str]


@dataclass(frozen=True)
class Work:
    """The reference with the ``faults`` of these mutants (numbers, counted within the language and around the end),
    of which a person got as far as ``share``: 1 is all of it, 0 the untouched starter."""

    faults: tuple[int, ...] = ()
    share: float = 1.0


@dataclass(frozen=True)
class Way:
    """From the starter to the end of the work: the files at the start, the edits made, the files at the end."""

    starter: Texts
    edits: tuple[Edit, ...]
    final: Texts

    def files_after(self, count: int) -> Texts:
        """The files after so many edits."""
        files = dict(self.starter)
        for edit in self.edits[:count]:
            apply_edit(files, edit)
        return files


def way_of(pack: Pack, language: str, work: Work, lines: int) -> Way:
    """The way to a work. Raises KeyError for a language the pack does not have."""
    starter = texts_of(pack.language(language).starter_files)
    edits = edits_between(starter, goal_of(pack, language, work.faults), lines)
    made = tuple(edits[: round(len(edits) * work.share)])
    final = Way(starter, made, {}).files_after(len(made))
    return Way(starter, made, final)


def goal_of(pack: Pack, language: str, faults: tuple[int, ...]) -> Texts:
    """The reference's files with the faults of these mutants in it."""
    reference = texts_of(next(each for each in pack.references if each.language == language).files)
    mutants = [each for each in pack.mutants if each.language == language]
    chosen = [texts_of(mutants[number % len(mutants)].files) for number in faults]
    return {
        path: with_faults(text, [m[path] for m in chosen if path in m]) for path, text in reference.items()
    }


def texts_of(files: Mapping[str, bytes]) -> Texts:
    """Files as texts; the packs that are shipped hold nothing else."""
    return {path: content.decode() for path, content in files.items()}
