"""The unit of work commits once, and what follows a commit never happens without one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.base.clock import utc_now
from core.base.db import after_commit
from core.base.queue import Job, OutboxRow, enqueue, set_delivery, sweep_outbox
from core.base.realtime import hint


def test_commit_runs_what_was_registered(database):
    done = []
    with database.unit_of_work() as session:
        after_commit(session, lambda: done.append("told"))
        assert done == []
    assert done == ["told"]


def test_rollback_tells_nobody(database, jobs, hints):
    with pytest.raises(RuntimeError), database.unit_of_work() as session:
        enqueue(session, Job.SEND_MAIL, 1)
        hint(session, "room", "thing.changed")
        session.flush()
        raise RuntimeError
    assert jobs == []
    assert hints == []
    with database.reading() as session:
        assert session.scalar(select(func.count(OutboxRow.id))) == 0


def test_a_job_is_handed_over_after_the_commit_and_marked(database, jobs):
    with database.unit_of_work() as session:
        enqueue(session, Job.SEND_MAIL, 7)
    assert jobs == [(Job.SEND_MAIL, [7])]
    with database.reading() as session:
        assert session.scalar(select(OutboxRow.sent_at)) is not None


def test_what_could_not_be_handed_over_waits_for_the_sweep(database, jobs):
    def broken(job, arguments):
        raise ConnectionError

    set_delivery(broken)
    with database.unit_of_work() as session:
        enqueue(session, Job.SEND_MAIL, 7)
    set_delivery(lambda job, arguments: jobs.append((job, arguments)))
    with database.unit_of_work() as session:
        assert sweep_outbox(session, utc_now()) == 1
    with database.unit_of_work() as session:
        assert sweep_outbox(session, utc_now()) == 0
    assert jobs == [(Job.SEND_MAIL, [7])]
