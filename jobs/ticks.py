"""What the timetable does, and how often. A tick finds what is due in PostgreSQL, so it may run late, twice or never."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable
from dataclasses import dataclass

from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.assessments.actions.attempts import apply_outages, close_due
from core.assessments.actions.proofs import ensure_proofs
from core.base.heartbeats import beat
from core.base.log import get_log
from core.base.queue import QUEUE_OF, OutboxRow, Queue, enqueue, sweep_outbox
from core.grading.actions import ask_for_missing_grades
from core.notifications.delivery import requeue_due_mails
from core.problems.actions.imports import requeue_waiting_imports
from core.problems.actions.shipped import load_shipped_packs
from core.runs.actions import WAKE, end_stranded, put_runner_status, sweep_leases
from core.runs.models import RunState
from core.runs.queries import classes_waiting
from core.wiring import Wiring
from jobs.purposes import take_result

log = get_log(__name__)
LOST_WAKE_SECONDS = 5
OUTBOX_KEPT_DAYS = 2
Work = Callable[[Wiring, Session, dt.datetime], object]


@dataclass(frozen=True)
class Tick:
    """``work`` runs in a unit of work of its own every ``seconds``."""

    name: str
    seconds: float
    work: Work


def keep_alive(wiring: Wiring, session: Session, now: dt.datetime) -> None:
    """The sign of life that `proofroom doctor` looks for."""
    beat(session, "timetable", now)


def sweep_runs(wiring: Wiring, session: Session, now: dt.datetime) -> int:
    """Requeue runs whose worker is gone; those lost twice, or without a sandbox, end, and their feature learns it."""
    lost = sweep_leases(session, now)
    lost += end_stranded(session, now, wiring.runner.status().ready_languages)
    for run in lost:
        if run.state == RunState.FAILED:
            try:
                with session.begin_nested():
                    take_result(session, run, now)
            except Exception:  # one feature's fault must not keep all others' runs from being swept
                log.exception("run.result_not_taken", run=str(run.uuid), purpose=run.purpose)
    return len(lost)


def wake_waiting(wiring: Wiring, session: Session, now: dt.datetime) -> None:
    """Wake workers for runs that still wait: their wake-up was lost, or their language has become ready since."""
    for run_class in classes_waiting(session, now - dt.timedelta(seconds=LOST_WAKE_SECONDS)):
        job = WAKE[run_class]
        if is_drained(wiring, QUEUE_OF[job]):
            enqueue(session, job)


def is_drained(wiring: Wiring, queue: Queue) -> bool:
    """Whether nothing waits in a queue: while its workers are away, asking again would only pile up messages."""
    return RqQueue(queue.value, connection=wiring.redis, serializer=JSONSerializer).is_empty()


def look_at_runner(wiring: Wiring, session: Session, now: dt.datetime) -> None:
    """What the sandbox says of itself goes where every page can read it."""
    put_runner_status(session, socket.gethostname(), wiring.runner.status(), now)


def tidy_outbox(wiring: Wiring, session: Session, now: dt.datetime) -> None:
    """Forget hand-overs that were made days ago."""
    old = now - dt.timedelta(days=OUTBOX_KEPT_DAYS)
    session.execute(delete(OutboxRow).where(OutboxRow.sent_at < old))


def _jobs(ask: Callable[[Session, dt.datetime], object]) -> Work:
    """Ask for jobs again, when the workers have done what was asked before."""
    return lambda wiring, session, now: ask(session, now) if is_drained(wiring, Queue.DEFAULT) else None


def _plain(work: Callable[[Session, dt.datetime], object]) -> Work:
    return lambda wiring, session, now: work(session, now)


TICKS = (
    Tick("keep_alive", 5, keep_alive),
    Tick("sweep_runs", 5, sweep_runs),
    Tick("look_at_runner", 3, look_at_runner),
    Tick("wake_waiting", 5, wake_waiting),
    Tick("sweep_outbox", 5, _plain(sweep_outbox)),
    Tick("apply_outages", 5, _plain(apply_outages)),
    Tick("close_due", 5, _plain(close_due)),
    Tick("requeue_due_mails", 15, _jobs(requeue_due_mails)),
    Tick("ensure_proofs", 5, _plain(ensure_proofs)),
    Tick("ask_for_missing_grades", 30, _jobs(ask_for_missing_grades)),
    Tick("requeue_waiting_imports", 60, _jobs(requeue_waiting_imports)),
    Tick("tidy_outbox", 3600, tidy_outbox),
)
AT_START: tuple[Work, ...] = (_plain(load_shipped_packs),)
