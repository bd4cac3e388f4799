"""What a consent is about, as text: the same lines go on the screen and into the hash that the consent names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from core.assessments.rules.manifests import NEVER_RECORDED
from evidence.canonical import canonical
from evidence.manifest import ALWAYS_SENTENCES, parse_manifest

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """One kind that is recorded: what, why, and for how many days it is kept."""

    sentence: str
    why: str
    keep_days: int


@dataclass(frozen=True)
class Disclosure:
    """All that is recorded, what always stands in a record, and what never does; translated."""

    lines: tuple[Line, ...]
    always: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def keep_days(self) -> int:
        """The longest time that anything is kept."""
        return max((line.keep_days for line in self.lines), default=0)

    def text_hash(self) -> str:
        """SHA-256 over every word shown."""
        shown = {
            "lines": [[line.sentence, line.why, line.keep_days] for line in self.lines],
            "always": list(self.always),
            "never": list(self.never),
        }
        return hashlib.sha256(canonical(shown)).hexdigest()


def disclosure_in(manifest: object, translate: Translate) -> Disclosure:
    """The disclosure of a stored manifest value in the language of ``translate``."""
    lines = [Line(translate(d.sentence), translate(d.why), d.keep_days) for d in parse_manifest(manifest).disclosures()]
    return Disclosure(
        tuple(lines),
        tuple(translate(sentence) for sentence in ALWAYS_SENTENCES.values()),
        tuple(translate(sentence) for sentence in NEVER_RECORDED),
    )
