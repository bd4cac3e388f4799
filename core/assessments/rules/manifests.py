"""Which kinds of evidence an assessment may record, in the words that candidates and reviewers both read.

The kinds, their sentences and their hash are those of the evidence format; what stands here besides is which of them
belong to every assessment (without them there is no work to grade) and which its author chooses.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.assessments.rules.body import Manifest, ManifestKind, manifest_to_json
from core.base.errors import N_
from evidence.kinds import Kind, declarable_kinds
from evidence.manifest import ALWAYS_SENTENCES, DEFAULT_WHY, SENTENCES, parse_manifest

VERSION = 1
DEFAULT_KEEP_DAYS = 180

NEEDED_KINDS = frozenset({Kind.EDITED.value, Kind.UPLOADED.value, Kind.RAN.value, Kind.ANSWERED.value})


@dataclass(frozen=True, slots=True)
class KindText:
    """How a kind is told: ``what`` is recorded, ``why`` by default. ``needed`` ones belong to every assessment."""

    kind: str
    what: str
    why: str
    needed: bool


KIND_TEXTS: tuple[KindText, ...] = tuple(
    KindText(kind, SENTENCES[Kind(kind)], DEFAULT_WHY[Kind(kind)], kind in NEEDED_KINDS)
    for kind in declarable_kinds()
)

# Recorded in every log without being declared: the frame of the attempt itself. Sentences, as message ids.
ALWAYS_RECORDED: tuple[str, ...] = tuple(ALWAYS_SENTENCES.values())

# What people fear and what no kind of evidence can carry; shown beside the list of what is recorded.
NEVER_RECORDED: tuple[str, ...] = (
    N_("Camera, microphone or screen"),
    N_("Other tabs, programs or files"),
    N_("Your location"),
    N_("Keys outside the editor"),
)

TEXT_OF: dict[str, KindText] = {text.kind: text for text in KIND_TEXTS}
KNOWN_KINDS = frozenset(TEXT_OF)
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
    """SHA-256, hex, of the canonical value; consent names it, and so does the log."""
    return parse_manifest(manifest_to_json(manifest)).hash()
