"""The doctor's checks against real services that are broken on purpose; each failure names its cure."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from core.base.clock import utc_now
from core.base.db import make_engine
from core.base.heartbeats import beat
from core.base.migrations import downgrade, newest_revision, upgrade
from core.base.queue import Job, OutboxRow
from runtime.embedded import start_redis, temporary_state
from server.doctor import background, database
from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, State
from tests.runtime.harness import wait_for
from tests.server.doctors import closed_port, one, with_settings

ROOT = Path(__file__).resolve().parents[2]


# --- database -----------------------------------------------------------------------------------------------------


def test_a_database_that_is_well(deployment):
    found = [one(look(deployment)) for look in (database.reach, database.encoding, database.schema, database.clock)]
    assert [finding.state for finding in found] == [State.OK] * 4
    assert found[0].found.startswith("PostgreSQL 18")
    assert found[2].found == f"newest revision, {newest_revision()}"


def test_a_wrong_port(deployment):
    broken = with_settings(deployment, database_url=f"postgresql+psycopg://nobody@127.0.0.1:{closed_port()}/postgres")
    found = one(database.reach(broken))
    assert (found.state, found.found.split(":")[0]) == (State.FAIL, "does not answer")
    assert "refused" in found.found
    assert "DATABASE_URL" in found.cure


def test_a_server_that_accepts_and_says_nothing_is_given_up(deployment):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/postgres"
        began = utc_now()
        found = one(database.reach(with_settings(deployment, database_url=url)))
    assert found.state is State.FAIL
    assert (utc_now() - began).total_seconds() < 8


@contextmanager
def other_database(url: str, name: str, options: str) -> Iterator[str]:
    """A database of its own beside the tests' one; its URL."""
    engine = make_engine(url, 1).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 {options}"))
    try:
        yield url.replace("/postgres?", f"/{name}?")
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def test_a_latin1_database(deployment):
    options = "ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
    with other_database(deployment.settings.database_url, "latin", options) as url:
        found = one(database.encoding(with_settings(deployment, database_url=url)))
    assert (found.state, found.found) == (State.FAIL, "the database is in LATIN1")
    assert "ENCODING 'UTF8'" in found.cure


def test_the_schema_before_during_and_after_a_migration(deployment):
    with other_database(deployment.settings.database_url, "fresh", "") as url:
        fresh = with_settings(deployment, database_url=url)
        assert one(database.schema(fresh)).found == "there are no tables yet"
        engine = make_engine(url, 1)
        upgrade(engine)
        assert one(database.schema(fresh)).state is State.OK
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'of_the_future'"))
        ahead = one(database.schema(fresh))
        assert (ahead.state, "does not know" in ahead.found, "checkout" in ahead.cure) == (State.FAIL, True, True)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": newest_revision()})
        downgrade(engine, "base")
        behind = one(database.schema(fresh))
        assert (behind.state, behind.cure) == (State.FAIL, "Run `proofroom migrate`.")
        engine.dispose()


def test_an_old_version():
    assert database.version_finding(149_999, "PostgreSQL 14.22", 1).state is State.FAIL
    assert database.version_finding(150_000, "PostgreSQL 15.0", 1).state is State.OK


@pytest.mark.parametrize(("seconds", "state"), [(0, State.OK), (4, State.WARN), (-4, State.WARN), (3600, State.FAIL)])
def test_a_clock_that_is_off(deployment, seconds, state):
    off = Deployment(deployment.settings, lambda: utc_now() + dt.timedelta(seconds=seconds))
    found = one(database.clock(off))
    assert found.state is state
    if seconds > 0:
        assert "behind" in found.found


# --- Redis, queues, timetable -------------------------------------------------------------------------------------


def test_redis_well_without_persistence_evicting_and_stopped(deployment):
    with temporary_state() as state:
        server = start_redis(state)
        own = with_settings(deployment, redis_url=server.url)
        try:
            assert one(background.reach_redis(own)).state is State.OK
            assert one(background.persistence(own)).state is State.OK
            with Redis.from_url(server.url) as client:
                client.config_set("appendonly", "no")
                lost = one(background.persistence(own))
                client.config_set("maxmemory", "50mb")
                client.config_set("maxmemory-policy", "allkeys-lru")
                dropping = one(background.persistence(own))
        finally:
            server.stop()
        stopped = one(background.reach_redis(own))
        own.close()
    assert (lost.state, lost.found) == (State.WARN, "no append-only file")
    assert (dropping.state, "allkeys-lru" in dropping.found) == (State.WARN, True)
    assert (stopped.state, "REDIS_URL" in stopped.cure) == (State.FAIL, True)


def test_a_queue_without_workers_and_an_old_wake_up(deployment, redis):
    queue = RqQueue("grade", connection=redis, serializer=JSONSerializer)
    queued_at = queue.enqueue_call(Job.WAKE_GRADE.value).enqueued_at
    moment = queued_at + dt.timedelta(seconds=500)
    later = Deployment(deployment.settings, lambda: moment)
    found = {finding.name: finding for finding in background.queues(later)}
    later.close()
    assert {name: finding.state for name, finding in found.items()} == {
        "queue run": State.FAIL, "queue grade": State.FAIL, "queue prove": State.FAIL, "queue default": State.FAIL,
    }  # fmt: skip
    assert found["queue grade"].found == "no worker lives (0 silent), 1 waiting, the oldest for 500 s"
    assert found["queue run"].found == "no worker lives (0 silent), nothing waits"


def test_a_worker_lives_and_is_killed(deployment, redis):
    """The queue's own worker process, registered as in production, then gone without a goodbye."""
    settings = deployment.settings
    environment = {
        **os.environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url,
        "PROOFROOM_SECRET_KEY": settings.secret_key, "PROOFROOM_STATE_DIR": str(settings.state_dir),
    }  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-m", "jobs.worker", "prove"], cwd=ROOT, env=environment)

    def prove() -> Finding:
        return next(f for f in background.queues(deployment) if f.name == "queue prove")

    try:
        wait_for(lambda: prove().state is State.OK, 30)
        assert prove().found == "1 worker, nothing waits"
    finally:
        worker.kill()
        worker.wait()
    gone = prove()
    assert (gone.state, gone.found) == (State.FAIL, "no worker lives (1 silent), nothing waits")
    assert "workers.log" in gone.cure


def test_the_outbox_that_nobody_empties(deployment, real_database):
    now = utc_now()
    assert one(background.outbox(deployment)).state is State.OK
    with real_database.unit_of_work() as session:
        late = now - dt.timedelta(seconds=90)
        session.add(OutboxRow(job=Job.WAKE_RUN.value, arguments=[], not_before_at=late))
        session.add(OutboxRow(job=Job.WAKE_RUN.value, arguments=[], not_before_at=now + dt.timedelta(hours=1)))
    found = one(background.outbox(Deployment(deployment.settings, lambda: now)))
    assert (found.state, found.found) == (State.FAIL, "1 job not handed over, the oldest due for 90 s")


def test_a_timetable_that_never_ran_runs_and_falls_silent(deployment, real_database):
    never = one(background.timetable(deployment))
    assert (never.state, never.found) == (State.FAIL, "has never run on this database")
    with real_database.unit_of_work() as session:
        beat(session, "timetable", utc_now())
    assert one(background.timetable(deployment)).state is State.OK
    later = Deployment(deployment.settings, lambda: utc_now() + dt.timedelta(minutes=7))
    silent = one(background.timetable(later))
    assert (silent.state, silent.found) == (State.FAIL, "silent for 7 minutes")
    assert "timetable.log" in silent.cure
