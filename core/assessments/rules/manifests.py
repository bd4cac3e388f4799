"""Which of the evidence format's kinds an assessment may leave out, and what is never recorded at all.

Kinds, sentences and default reasons are those of ``evidence.manifest``: the disclosure, the capture and the ledger read the
same list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core.base.errors import N_
from evidence.kinds import Kind, declarable_kinds
from evidence.manifest import DEFAULT_WHY, Entry, Manifest

DEFAULT_KEEP_DAYS = 180

# Saved work, uploads, runs and answers are stored in any case, because grading and review need them; the manifest says so.
NEEDED_KINDS: tuple[Kind, ...] = (Kind.EDITED, Kind.UPLOADED, Kind.RAN, Kind.ANSWERED)
OPTIONAL_KINDS: tuple[Kind, ...] = tuple(kind for kind in declarable_kinds() if kind not in NEEDED_KINDS)

# What people fear and what no kind of evidence can carry; shown beside the list of what is recorded.
NEVER_RECORDED: tuple[str, ...] = (
    N_("Camera, microphone or screen"),
    N_("Other tabs, programs or files"),
    N_("Your location"),
    N_("Keys outside the editor"),
)


def make_manifest(
    optional: Collection[Kind] = OPTIONAL_KINDS,
    keep_days: int = DEFAULT_KEEP_DAYS,
    why: Mapping[Kind, str] = DEFAULT_WHY,
) -> Manifest:
    """A manifest with every needed kind and the chosen optional ones; ``why`` may hold the author's own reasons."""
    kinds = [kind for kind in declarable_kinds() if kind in NEEDED_KINDS or kind in optional]
    return Manifest(tuple(Entry(kind, why.get(kind, DEFAULT_WHY[kind]), keep_days) for kind in kinds))
