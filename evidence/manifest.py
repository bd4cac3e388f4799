"""The monitoring manifest: which kinds are recorded, why, and for how many days.

The same value decides what the browser captures, what the ledger takes and what the candidate reads before consenting, so
disclosure and capture cannot drift apart. Sentences are message ids; the page translates them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .canonical import NotCanonical, canonical
from .fields import Count, Text
from .header import Source
from .kinds import KINDS, Kind, declarable_kinds, known_kind

VERSION = 1
MAX_WHY = 300
MAX_KEEP_DAYS = 3650


def N_(text: str) -> str:
    """Mark a message id for extraction without translating it."""
    return text


SENTENCES: dict[Kind, str] = {
    Kind.EDITED: N_("Every change to your files, as it is saved, so that your work can be replayed."),
    Kind.UPLOADED: N_("The files that you upload: name, size and a fingerprint of their content."),
    Kind.RAN: N_("Each time you run your code or the public tests, and how many tests passed."),
    Kind.ANSWERED: N_("When you save an answer to a follow-up question, and how long it is."),
    Kind.PASTED: N_("That you pasted, how much, and into which file. The clipboard itself is not read."),
    Kind.AWAY: N_("When you leave this tab and for how long. Not what you do meanwhile."),
    Kind.OPENED_FILE: N_("Which file you open, and when."),
}

ALWAYS_SENTENCES: dict[Kind, str] = {
    Kind.CONSENTED: N_("That you agreed to this list, and when."),
    Kind.REOPENED: N_("That your attempt was opened again after its end."),
    Kind.RESUMED_ELSEWHERE: N_("That you went on from another browser or device."),
    Kind.SUBMITTED: N_("That you submitted, with a fingerprint of your files."),
    Kind.ENDED_BY_CLOCK: N_("That the time ended, with a fingerprint of your files."),
    Kind.ADJUSTED: N_("Time that was added or taken away, and why."),
    Kind.RECEIVED_LATE: N_("What reached us after the end, marked as late."),
    Kind.DECIDED: N_("Decisions made before the record was closed."),
    Kind.SEALED: N_("That the record was closed and can no longer change."),
}


class BadManifest(ValueError):
    """A manifest that cannot be used; ``field`` names the place (such as ``kinds.2.why``), the text the cure."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


@dataclass(frozen=True)
class Entry:
    """One kind that is recorded, why, and how many days it is kept."""

    kind: Kind
    why: str
    keep_days: int


@dataclass(frozen=True)
class Disclosure:
    """What a candidate reads of one kind; ``sentence`` is a message id, ``why`` the assessment author's own words."""

    kind: Kind
    sentence: str
    why: str
    keep_days: int


@dataclass(frozen=True)
class Manifest:
    """An immutable manifest. ``kinds`` keep the author's order; each stands once."""

    kinds: tuple[Entry, ...]
    version: int = VERSION

    def value(self) -> dict[str, Any]:
        """The JSON value that is stored and hashed."""
        entries = [{"kind": e.kind.value, "why": e.why, "keep_days": e.keep_days} for e in self.kinds]
        return {"version": self.version, "kinds": entries}

    def hash(self) -> str:
        """SHA-256 of the canonical value, hex: what a consent names."""
        return hashlib.sha256(canonical(self.value())).hexdigest()

    def declares(self, kind: Kind) -> bool:
        """Whether an event of ``kind`` may be recorded."""
        return not KINDS[kind].declared or any(entry.kind is kind for entry in self.kinds)

    def captured_in_browser(self) -> list[str]:
        """The declared kinds that the candidate's page itself reports."""
        return [entry.kind.value for entry in self.kinds if Source.BROWSER in KINDS[entry.kind].sources]

    def disclosures(self) -> list[Disclosure]:
        """One line for each declared kind, for the page that asks for consent."""
        return [Disclosure(e.kind, SENTENCES[e.kind], e.why, e.keep_days) for e in self.kinds]


def default_manifest(keep_days: int = 180) -> Manifest:
    """All declarable kinds, with the reasons that a new assessment starts with."""
    return Manifest(tuple(Entry(kind, DEFAULT_WHY[kind], keep_days) for kind in declarable_kinds()))


DEFAULT_WHY: dict[Kind, str] = {
    Kind.EDITED: N_("Reviewers look at how the work came about, not only at its end."),
    Kind.UPLOADED: N_("Reviewers can tell uploaded files from files written here."),
    Kind.RAN: N_("Testing one's own work is part of the work."),
    Kind.ANSWERED: N_("Answers are read together with the work."),
    Kind.PASTED: N_("A paste is a reason for a question, never a verdict."),
    Kind.AWAY: N_("Explains pauses. Being away is not counted against anybody."),
    Kind.OPENED_FILE: N_("Reviewers see which files were looked at before a change."),
}


def parse_manifest(value: object) -> Manifest:
    """A manifest from its JSON value. Raises BadManifest naming the field and the cure."""
    if not isinstance(value, dict) or set(value) != {"version", "kinds"}:
        raise BadManifest("manifest", "must hold exactly version and kinds")
    if type(value["version"]) is not int or value["version"] != VERSION:
        raise BadManifest("version", f"must be {VERSION}")
    if not isinstance(value["kinds"], list) or len(value["kinds"]) > len(KINDS):
        raise BadManifest("kinds", "must be a list in which each kind stands once")
    entries = tuple(_entry(f"kinds.{number}", item) for number, item in enumerate(value["kinds"]))
    _unique(entry.kind for entry in entries)
    return Manifest(entries)


def _entry(place: str, item: object) -> Entry:
    if not isinstance(item, dict) or set(item) != {"kind", "why", "keep_days"}:
        raise BadManifest(place, "must hold exactly kind, why and keep_days")
    kind = known_kind(item["kind"])
    if kind is None or not KINDS[kind].declared:
        raise BadManifest(f"{place}.kind", f"must be one of {', '.join(declarable_kinds())}")
    for name, rule in (("why", Text(MAX_WHY)), ("keep_days", Count("days", MAX_KEEP_DAYS, 1))):
        wanted = rule.check(item[name])
        if wanted is not None:
            raise BadManifest(f"{place}.{name}", f"must be {wanted}")
    try:
        canonical(item)
    except NotCanonical as error:
        raise BadManifest(place, str(error)) from None
    return Entry(kind, item["why"], item["keep_days"])


def _unique(kinds: Iterable[Kind]) -> None:
    seen: set[Kind] = set()
    for number, kind in enumerate(kinds):
        if kind in seen:
            raise BadManifest(f"kinds.{number}.kind", f"{kind} stands twice; keep one")
        seen.add(kind)
