"""An uploaded zip: taken at once, read in a job, then a version in the bank or a list of what to mend."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Organisation, Role
from core.audit.actions import record_audit
from core.base.db import after_commit
from core.base.errors import N_, Invalid, NotFound, Unavailable
from core.base.log import get_log
from core.base.queue import Job, enqueue
from core.base.realtime import hint
from core.gateways.files.port import file_store
from core.problems.actions.versions import clashing_version, keep_version, storing_problems
from core.problems.models import ImportState, PackImport
from core.problems.rules.archive import read_archive
from core.problems.rules.layout import MANIFEST
from core.problems.rules.problem import Problem
from core.problems.rules.validate import read_pack

log = get_log(__name__)
MAX_UPLOAD = 5 * 1024 * 1024


def take_upload(
    session: Session, actor: Actor, file_name: str, content: bytes, now: dt.datetime
) -> PackImport:
    """Keep an uploaded zip and ask for it to be read. Raises Invalid for an empty or too large one."""
    actor.need(Role.RECRUITER)
    if not content:
        raise Invalid.one("file", N_("Choose a zip file with a pack in it."))
    if len(content) > MAX_UPLOAD:
        limit = MAX_UPLOAD // 2**20
        raise Invalid.one("file", N_("The zip may have at most %(limit)s MB. Make the test data smaller."), limit=limit)
    row = PackImport(
        organisation_id=actor.organisation_id,
        uploaded_by=actor.person_id,
        file_name=_shown_name(file_name),
        file_key=file_store().put(content),
        created_at=now,
        problems=[],
    )
    session.add(row)
    session.flush()
    enqueue(session, Job.IMPORT_PACK, row.id)
    return row


def import_pack(session: Session, import_id: int, now: dt.datetime) -> PackImport:
    """Read an uploaded zip; run again, it changes nothing. Raises NotFound for an unknown import."""
    row = session.scalar(select(PackImport).where(PackImport.id == import_id).with_for_update())
    if row is None:
        raise NotFound
    if row.state != ImportState.WAITING:
        return row
    problems = _read(session, row, now)
    row.state = ImportState.REFUSED if problems else ImportState.ACCEPTED
    row.problems = [
        {"path": _shown(p.path), "line": p.line, "message": _shown(p.message)} for p in problems
    ]
    row.finished_at = now
    _tell(session, row)
    key = row.file_key
    after_commit(session, lambda: _forget(key))
    return row


def requeue_waiting_imports(session: Session, now: dt.datetime, limit: int = 20) -> int:
    """Ask again for uploads that have waited for a minute: their job was lost. Returns how many."""
    overdue = PackImport.created_at < now - dt.timedelta(seconds=60)
    waiting = select(PackImport.id).where(PackImport.state == ImportState.WAITING, overdue).limit(limit)
    found = session.scalars(waiting).all()
    for import_id in found:
        enqueue(session, Job.IMPORT_PACK, import_id)
    return len(found)


def _forget(key: str) -> None:
    """The zip is of no use once its outcome is known; one that cannot be deleted costs space and nothing else."""
    try:
        file_store().delete(key)
    except Unavailable as error:
        log.warning("upload.not_deleted", reason=str(error))


def _read(session: Session, row: PackImport, now: dt.datetime) -> tuple[Problem, ...]:
    """What is wrong with the zip; when nothing is, its pack stands in the bank afterwards."""
    try:
        content = file_store().get(row.file_key)
    except NotFound:
        return (Problem(row.file_name, 0, "is not here any more; upload it again"),)
    archive = read_archive(content, row.file_name)
    if archive.problems:
        return archive.problems
    read = read_pack(archive.files)
    problems = read.problems or storing_problems(archive.files)
    if read.pack is None or problems:
        return problems
    if clashing_version(session, row.organisation_id, read.pack):
        message = f"version {read.pack.version} stands in the bank with other content; raise `version`"
        return (Problem(MANIFEST, 0, message),)
    kept = keep_version(session, row.organisation_id, read.pack, archive.files, now, row.uploaded_by)
    row.pack_version_id = kept.version.id
    return ()


def _tell(session: Session, row: PackImport) -> None:
    organisation = session.get_one(Organisation, row.organisation_id)
    hint(session, f"org:{organisation.uuid}", "import.changed", import_id=str(row.uuid), state=row.state)
    record_audit(
        session,
        "pack.imported" if row.state == ImportState.ACCEPTED else "pack.refused",
        organisation_id=row.organisation_id,
        actor_id=row.uploaded_by,
        subject_kind="pack_import",
        subject_uuid=row.uuid,
        subject_name=row.file_name,
        details={"problems": len(row.problems)},
    )


def _shown_name(file_name: str) -> str:
    """The last part of what the browser called the file, without anything that cannot be shown."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in name if sign.isprintable())[:120] or "upload.zip"


def _shown(text: str) -> str:
    """PostgreSQL stores neither NUL nor half a surrogate pair; hostile archives hold both in their names."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
