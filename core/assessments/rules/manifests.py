"""Which kinds of evidence an assessment may record, in the words that candidates and reviewers both read.

The kinds are those of the evidence format; a test compares the two lists. What stands here besides is what the
format does not know: which of them belong to every assessment, and how each is told to a candidate.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from core.assessments.rules.body import Manifest, ManifestKind, manifest_to_json
from core.base.errors import N_

VERSION = 1
DEFAULT_KEEP_DAYS = 180


@dataclass(frozen=True, slots=True)
class KindText:
    """How a kind is told: ``what`` is recorded, ``why`` by default. ``needed`` ones belong to every assessment."""

    kind: str
    what: str
    why: str
    needed: bool = True


KIND_TEXTS: tuple[KindText, ...] = (
    KindText("consented", N_("That you agreed, when, and to which text"), N_("To show that nothing was recorded before you agreed.")),
    KindText("edited", N_("Edits of your files, as they are saved"), N_("To keep your work safe and to show how it came about.")),
    KindText("uploaded", N_("Files that you upload, by name and size"), N_("To tell files that were brought along from files made here.")),
    KindText("ran", N_("Runs and test runs, with their results"), N_("To show how the work was tried and checked.")),
    KindText("answered", N_("Your answers to the questions"), N_("To hear in your own words why you decided as you did.")),
    KindText("submitted", N_("When you submit"), N_("To grade what you handed in and nothing else.")),
    KindText("ended_by_clock", N_("When the time ran out, if it did"), N_("To grade the last saved state fairly.")),
    KindText("adjusted", N_("Time that was added, for whatever reason"), N_("To count the time that you really had.")),
    KindText("resumed_elsewhere", N_("When you go on from another device"), N_("To protect your attempt from other people.")),
    KindText("received_late", N_("Work that reached us after the end"), N_("To let a person decide whether it counts.")),
    KindText("decided", N_("What staff decide while the record is open"), N_("To keep deeds of staff in the same record.")),
    KindText("pasted", N_("Pastes into the editor: their length and the file, not where they come from"), N_("To see which parts were brought in and then worked on."), needed=False),
    KindText("away", N_("When this page loses focus, and for how long"), N_("To understand breaks in the work. Looking things up is fine."), needed=False),
)  # fmt: skip

# What people fear and what no kind of evidence can carry; shown beside the list of what is recorded.
NEVER_RECORDED: tuple[str, ...] = (
    N_("Camera, microphone or screen"),
    N_("Other tabs, programs or files"),
    N_("Your location"),
    N_("Keys outside the editor"),
)

TEXT_OF: dict[str, KindText] = {text.kind: text for text in KIND_TEXTS}
KNOWN_KINDS = frozenset(TEXT_OF)
NEEDED_KINDS = frozenset(text.kind for text in KIND_TEXTS if text.needed)
OPTIONAL_KINDS: tuple[str, ...] = tuple(text.kind for text in KIND_TEXTS if not text.needed)


def make_manifest(
    optional: frozenset[str] = frozenset(OPTIONAL_KINDS), keep_days: int = DEFAULT_KEEP_DAYS
) -> Manifest:
    """A manifest with every needed kind and the chosen optional ones, each with its default reason."""
    kinds = [text for text in KIND_TEXTS if text.needed or text.kind in optional]
    return Manifest(VERSION, tuple(ManifestKind(text.kind, text.why, keep_days) for text in kinds))


def default_manifest() -> Manifest:
    """What a new assessment records unless its author changes it."""
    return make_manifest()


def manifest_hash(manifest: Manifest) -> str:
    """SHA-256, hex, over the manifest's canonical JSON; consent names it."""
    text = json.dumps(
        manifest_to_json(manifest), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()
