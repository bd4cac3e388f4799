"""Packs: reading an uploaded zip, starting the proof of a version."""

from __future__ import annotations

from core.assessments.actions import proofs
from core.base.clock import utc_now
from core.problems.actions import imports
from jobs.start import current


def import_pack(import_id: int) -> None:
    """Read an uploaded zip into the bank; a second run changes nothing."""
    with current().database.unit_of_work() as session:
        imports.import_pack(session, import_id, utc_now())


def start_proof(pack_version_id: int) -> None:
    """Start the proofs of a version that have not begun; a second run starts none of them again."""
    with current().database.unit_of_work() as session:
        proofs.start_proof(session, pack_version_id, utc_now())
