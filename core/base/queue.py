"""Jobs by name, through the outbox.

Core never imports jobs: it names them. ``enqueue`` writes an outbox row in the deed's transaction; after the commit
the row is handed to RQ at once, and a sweep hands over again what was left behind. RQ carries ids only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.base.clock import utc_now
from core.base.db import DATABASE, Base, Keyed, after_commit
from core.base.log import get_log

log = get_log(__name__)


class Queue(StrEnum):
    """The queues; ``run`` is served by workers that do not fork, the others by forked ones."""

    RUN = "run"
    GRADE = "grade"
    PROVE = "prove"
    DEFAULT = "default"


class Job(StrEnum):
    """Every background job: the value is the dotted path of its function in jobs/; a test resolves each."""

    WAKE_RUN = "jobs.runs.wake_run"
    WAKE_GRADE = "jobs.runs.wake_grade"
    WAKE_PROVE = "jobs.runs.wake_prove"
    SEND_MAIL = "jobs.mail.send_mail"
    IMPORT_PACK = "jobs.packs.import_pack"
    START_PROOF = "jobs.packs.start_proof"
    GRADE_ATTEMPT = "jobs.grading.grade_attempt"


QUEUE_OF: dict[Job, Queue] = {
    Job.WAKE_RUN: Queue.RUN,
    Job.WAKE_GRADE: Queue.GRADE,
    Job.WAKE_PROVE: Queue.PROVE,
    Job.SEND_MAIL: Queue.DEFAULT,
    Job.IMPORT_PACK: Queue.DEFAULT,
    Job.START_PROOF: Queue.DEFAULT,
    Job.GRADE_ATTEMPT: Queue.DEFAULT,
}


class OutboxRow(Base, Keyed):
    """A job that must be handed to RQ once its deed has committed."""

    __tablename__ = "outbox"

    job: Mapped[str] = mapped_column(Text)
    arguments: Mapped[list[Any]]
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)
    not_before_at: Mapped[dt.datetime] = mapped_column(default=utc_now, index=True)
    sent_at: Mapped[dt.datetime | None]


Deliver = Callable[[Job, list[Any]], None]
_deliver: list[Deliver] = []


def set_delivery(deliver: Deliver) -> None:
    """Called once by core.wiring: how a job reaches RQ (or a list, in tests)."""
    _deliver[:] = [deliver]


_WAITING = "outbox_waiting"


def enqueue(
    session: Session, job: Job, *arguments: int | str, not_before_at: dt.datetime | None = None
) -> None:
    """Write the job into the outbox and hand it over right after the commit, unless it is for later."""
    row = OutboxRow(job=job.value, arguments=list(arguments))
    if not_before_at is not None:
        row.not_before_at = not_before_at
    session.add(row)
    if not_before_at is None:
        waiting: list[OutboxRow] = session.info.setdefault(_WAITING, [])
        if not waiting:
            after_commit(session, lambda: _hand_over(session))
        waiting.append(row)


def _hand_over(session: Session) -> None:
    """Best effort, right after the commit: what fails here stays unsent for the sweep; the deed itself is done."""
    sent = [row.id for row in session.info.pop(_WAITING, []) if _delivered(row)]
    if sent:
        with session.info[DATABASE].unit_of_work() as own:
            own.execute(update(OutboxRow).where(OutboxRow.id.in_(sent)).values(sent_at=utc_now()))


def _delivered(row: OutboxRow) -> bool:
    try:
        _deliver[0](Job(row.job), row.arguments)
    except Exception as error:
        log.warning("outbox.handover_failed", job=row.job, row=row.id, reason=type(error).__name__)
        return False
    return True


def sweep_outbox(session: Session, now: dt.datetime, limit: int = 200) -> int:
    """Hand over what is due and unsent, oldest first; returns how many. Safe to run twice and in parallel."""
    due = select(OutboxRow).where(OutboxRow.sent_at.is_(None), OutboxRow.not_before_at <= now)
    rows = session.scalars(due.order_by(OutboxRow.id).limit(limit).with_for_update(skip_locked=True)).all()
    sent = [row for row in rows if _delivered(row)]
    for row in sent:
        row.sent_at = now
    return len(sent)
