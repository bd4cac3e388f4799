"""Every job by its name, readable by every queue's worker."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from rq import Queue as RqQueue
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from core.base.queue import QUEUE_OF, Job, Queue
from core.wiring import deliver_to_queues
from jobs.worker import parse


@pytest.mark.parametrize("job", Job)
def test_every_job_has_a_function_and_a_queue(job):
    module, _, name = job.value.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))
    assert QUEUE_OF[job] in Queue


@pytest.mark.parametrize("job", Job)
def test_every_worker_reads_every_job(redis, job):
    from core.base import queue as base

    deliver_to_queues(redis)
    base._deliver[0](job, [7, "text"] if QUEUE_OF[job] is Queue.DEFAULT else [])
    read = RqQueue(QUEUE_OF[job].value, connection=redis, serializer=JSONSerializer)
    worker = SimpleWorker([read], connection=redis, serializer=JSONSerializer)
    [message] = worker.queues[0].jobs
    assert (message.func_name, list(message.args)) == (job.value, [7, "text"] if message.args else [])
    assert message.retries_left is None
    assert message.timeout == 3600


def test_only_ids_travel(redis):
    from core.base import queue as base

    deliver_to_queues(redis)
    with pytest.raises(TypeError):
        base._deliver[0](Job.SEND_MAIL, [dt.datetime.now(dt.UTC)])


def test_which_workers_are_started():
    assert parse([], 2) == [Queue.RUN] * 4 + [Queue.GRADE, Queue.PROVE, Queue.DEFAULT]
    assert parse(["run=1", "default=2"], 8) == [Queue.RUN, Queue.DEFAULT, Queue.DEFAULT]
    for wrong in ("cook", "run=0", "run=x", "run=-1", "run=1000"):
        with pytest.raises(SystemExit, match="jobs.worker"):
            parse([wrong], 2)
