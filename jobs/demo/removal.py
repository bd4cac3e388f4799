"""Takes the example away again: every row of it, and the blobs that nothing else uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from core.accounts.models import Membership, Organisation, Person
from core.assessments.models import Assessment, Attempt
from core.base.blobs import Blob
from core.base.queue import Job, OutboxRow
from core.gateways.files.port import file_store
from core.ledger.models import EvidenceLog
from core.notifications.models import OutgoingMail
from core.problems.models import Pack, PackImport
from core.runs.models import Run
from core.workspaces.models import Workspace

# Every place that names blobs. A test makes the whole example and counts that nothing is left and nothing else is gone.
NAMED = (
    "SELECT entry.value ->> 'sha256' FROM pack_versions, jsonb_each(files) AS entry",
    "SELECT entry.value ->> 'sha256' FROM graded_files, jsonb_each(files) AS entry",
    "SELECT sha256 FROM workspace_blobs",
    "SELECT found #>> '{}' FROM runs, jsonb_path_query(job, 'strict $.** ? (@.type() == \"string\")') AS found",
)


@dataclass(frozen=True)
class Removed:
    """What went away."""

    organisations: int
    attempts: int
    people: int
    blobs: int


def remove_example(session: Session) -> Removed:
    """Remove every example organisation in the caller's transaction. A second call removes nothing."""
    organisations = list(session.scalars(select(Organisation.id).where(Organisation.is_example)))
    if not organisations:
        return Removed(0, 0, 0, 0)
    session.execute(text("SET LOCAL statement_timeout = '5min'"))
    # Whoever is about to name a blob waits, and finds it gone and stores it again: none is taken from under a reader.
    session.execute(text("LOCK TABLE blobs IN SHARE ROW EXCLUSIVE MODE"))
    before = _named_blobs(session)
    attempts = list(session.scalars(select(Attempt.id).where(Attempt.organisation_id.in_(organisations))))
    _forget_jobs(session, organisations, attempts)
    _forget_uploads(session, organisations)
    _delete_rows(session, organisations)
    people = _delete_people(session)
    blobs = before - _named_blobs(session)
    session.execute(delete(Blob).where(Blob.sha256.in_(blobs)))
    return Removed(len(organisations), len(attempts), people, len(blobs))


def _named_blobs(session: Session) -> set[str]:
    found: set[str] = set()
    for query in NAMED:
        found.update(key for key in session.scalars(text(query)) if key is not None and len(key) == 64)
    return found


def _forget_jobs(session: Session, organisations: list[int], attempts: list[int]) -> None:
    """Jobs that would look for what is gone."""
    mails = session.scalars(select(OutgoingMail.id).where(OutgoingMail.organisation_id.in_(organisations)))
    imports = session.scalars(select(PackImport.id).where(PackImport.organisation_id.in_(organisations)))
    about: dict[Job, Iterable[int]] = {
        Job.GRADE_ATTEMPT: attempts,
        Job.SEND_MAIL: mails,
        Job.IMPORT_PACK: imports,
    }
    for job, ids in about.items():
        wanted = [[number] for number in ids]
        session.execute(delete(OutboxRow).where(OutboxRow.job == job.value, OutboxRow.arguments.in_(wanted)))


def _forget_uploads(session: Session, organisations: list[int]) -> None:
    for key in session.scalars(
        select(PackImport.file_key).where(PackImport.organisation_id.in_(organisations))
    ):
        file_store().delete(key)


def _delete_rows(session: Session, organisations: list[int]) -> None:
    """In an order that no foreign key minds; what hangs below goes by its cascade."""
    session.execute(
        update(Assessment)
        .where(Assessment.organisation_id.in_(organisations))
        .values(current_version_id=None)
    )
    for table in (Run, Attempt, Workspace, EvidenceLog, Assessment):
        session.execute(delete(table).where(table.organisation_id.in_(organisations)))
    session.execute(delete(PackImport).where(PackImport.organisation_id.in_(organisations)))
    session.execute(delete(Pack).where(Pack.organisation_id.in_(organisations)))
    session.execute(delete(Organisation).where(Organisation.id.in_(organisations)))


def _delete_people(session: Session) -> int:
    """People who exist for the example alone: somebody who has come elsewhere meanwhile stays."""
    elsewhere = select(Attempt.person_id).union(select(Membership.person_id))
    gone = delete(Person).where(Person.is_example, Person.id.not_in(elsewhere)).returning(Person.id)
    return len(session.scalars(gone).all())
