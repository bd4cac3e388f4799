"""The doctor's checks against real services that are broken on purpose; each failure names its cure."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
from core.settings import Settings
from runtime.embedded import start_redis, temporary_state
from server.commands.doctor import line_of
from server.doctor import address, background, database, machine, sandbox, services
from server.doctor.deployment import Deployment
from server.doctor.examine import CHECKS, examine
from server.doctor.finding import Finding, State, fail
from tests.core.notifications.smtp_server import smtp_server
from tests.jobs.conftest import _sandboxd, sandboxd  # noqa: F401 - fixtures
from tests.runtime.harness import wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def deployment(services, engine, tmp_path) -> Iterator[Deployment]:
    """A deployment whose database and Redis are well; nothing else runs."""
    settings = Settings(
        database_url=services.database_url, redis_url=services.redis_url, secret_key="x" * 32, state_dir=tmp_path,
        sandbox_socket=str(tmp_path / "nobody"), public_url=f"http://localhost:{closed_port()}",
    )  # fmt: skip
    found = Deployment(settings)
    yield found
    found.close()


def with_settings(deployment: Deployment, **changes: object) -> Deployment:
    return Deployment(replace(deployment.settings, **changes), deployment.now)


def closed_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def answering(status: int, body: str, headers: dict[str, str] | None = None, stall_seconds: float = 0) -> Iterator[str]:
    """A web server that gives one answer to everything; its address."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            over.wait(stall_seconds)
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def one(findings) -> Finding:
    [finding] = findings
    if finding.state is not State.OK:
        assert finding.cure.endswith("."), finding
    return finding


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


# --- sandbox ------------------------------------------------------------------------------------------------------


def test_no_sandbox(deployment):
    found = one(sandbox.sandbox(deployment))
    assert (found.state, found.name) == (State.FAIL, "sandbox")
    assert "code running is off" in found.found
    assert "sandboxd.log" in found.cure


@pytest.mark.engine
def test_every_ready_language_does_an_honest_run(deployment, sandboxd):  # noqa: F811
    well = with_settings(deployment, sandbox_socket=str(sandboxd.socket))
    engine, *languages = sandbox.sandbox(well)
    assert engine.state is not State.FAIL
    ready = set(well.runner.status().ready_languages)
    assert "python" in ready
    worked = {f.name.removeprefix("language ") for f in languages if "an honest run took" in f.found}
    assert worked == ready
    assert all(finding.state is not State.FAIL for finding in languages)


@pytest.mark.engine
def test_a_language_that_answers_wrong_is_found_out(deployment, sandboxd, monkeypatch):  # noqa: F811
    well = with_settings(deployment, sandbox_socket=str(sandboxd.socket))
    monkeypatch.setitem(sandbox.TRIALS, "python", sandbox.Trial("main.py", "print(4)\n"))
    monkeypatch.setitem(sandbox.TRIALS, "javascript", sandbox.Trial("main.js", "process.exit(3)\n"))
    found = {f.name: f for f in sandbox.sandbox(well)}
    assert found["language python"].state is State.FAIL
    assert "printed b'4\\n' instead of" in found["language python"].found
    if "javascript" in well.runner.status().ready_languages:
        assert "runtime_error" in found["language javascript"].found


# --- mail and model -----------------------------------------------------------------------------------------------


def test_no_mail_server_is_said_honestly(deployment):
    found = one(services_mail(deployment))
    assert (found.state, "kept in the outbox" in found.found) == (State.WARN, True)


def services_mail(deployment: Deployment):
    return services.mail(deployment)


def test_a_mail_server_says_hello(deployment):
    with smtp_server() as post:
        found = one(services_mail(with_settings(deployment, smtp_url=f"smtp://127.0.0.1:{post.port}")))
    assert (found.state, found.found) == (State.OK, f"127.0.0.1:{post.port} (none) says: test.example")
    assert post.letters == []


def test_a_wrong_mail_password_and_a_closed_port(deployment):
    with smtp_server(needs_password=True) as post:
        url = f"smtp://proofroom:wrong@127.0.0.1:{post.port}"
        refused = one(services_mail(with_settings(deployment, smtp_url=url)))
    assert (refused.state, "535" in refused.found) == (State.FAIL, True)
    closed = one(services_mail(with_settings(deployment, smtp_url=f"smtp://127.0.0.1:{closed_port()}")))
    assert (closed.state, "could not be reached" in closed.found) == (State.FAIL, True)
    assert "PROOFROOM_SMTP_URL" in closed.cure


def test_the_model_endpoint(deployment, monkeypatch):
    none = one(services.model(deployment))
    assert (none.state, "no model endpoint" in none.found) == (State.OK, True)
    with answering(200, json.dumps({"data": [{"id": "small"}, {"id": "large"}]})) as url:
        good = one(services.model(with_settings(deployment, openai_base_url=url)))
        assert (good.state, good.found) == (State.OK, f"{url} offers 2 models")
    with answering(401, "no") as url:
        refused = one(services.model(with_settings(deployment, openai_base_url=url, openai_api_key="sk-secret")))
        assert (refused.state, "refused the key" in refused.found) == (State.FAIL, True)
        assert "sk-secret" not in refused.found + refused.cure
    monkeypatch.setattr(services, "TIMEOUT_SECONDS", 0.3)
    with answering(200, "{}", stall_seconds=20) as url:
        slow = one(services.model(with_settings(deployment, openai_base_url=url)))
        assert (slow.state, "0.3 seconds" in slow.found) == (State.FAIL, True)


# --- machine and address ------------------------------------------------------------------------------------------


def test_interpreters():
    assert [machine.interpreter_finding(v, "").state.value for v in ((3, 10), (3, 11), (3, 13), (3, 14))] == [
        "fail", "ok", "ok", "warn",
    ]  # fmt: skip


def test_disks(deployment, tmp_path):
    assert one(machine.state_disk(deployment)).state is not State.FAIL
    assert str(tmp_path) in one(machine.state_disk(deployment)).found
    gone = with_settings(deployment, state_dir=tmp_path / "gone")
    assert one(machine.state_disk(gone)).state is State.FAIL
    assert "GB free at" in one(machine.database_disk(deployment)).found
    states = [machine.space_finding("disk", tmp_path, free).state for free in (10**8, 10**9, 10**11)]
    assert states == [State.FAIL, State.WARN, State.OK]


WELL = json.dumps({"status": "ok", "database": "ok", "redis": "ok"})


def test_the_public_address_answers(deployment):
    with answering(200, WELL) as url:
        assert one(address.public_url(with_settings(deployment, public_url=url))).state is State.OK


def test_a_public_address_that_nobody_or_somebody_else_answers(deployment):
    nobody = one(address.public_url(deployment))
    assert (nobody.state, "refused" in nobody.found) == (State.FAIL, True)
    with answering(200, "<h1>Welcome to nginx</h1>") as url:
        other = one(address.public_url(with_settings(deployment, public_url=url)))
        assert "something else than Proofroom" in other.found
    down = json.dumps({"status": "degraded", "database": "ok", "redis": "unreachable"})
    with answering(503, down) as url:
        degraded = one(address.public_url(with_settings(deployment, public_url=url)))
        assert (degraded.state, "does not reach redis" in degraded.found) == (State.FAIL, True)
    assert one(address.public_url(with_settings(deployment, public_url="http://"))).state is State.FAIL


def test_an_address_that_is_only_reachable_from_outside(deployment):
    """A name that does not resolve here, as behind a router: the web part itself is asked."""
    with answering(200, WELL) as url:
        port = int(url.rpartition(":")[2])
        outside = with_settings(deployment, public_url="https://interviews.invalid", port=port)
        found = one(address.public_url(outside))
    assert (found.state, f"127.0.0.1:{port} answers" in found.found) == (State.WARN, True)


def test_plain_http_on_a_real_name_is_advised_against(deployment):
    host = socket.gethostname()
    with answering(200, WELL) as url:
        port = url.rpartition(":")[2]
        if socket.gethostbyname("localhost") != "127.0.0.1" or address.is_local(host):
            pytest.skip("this machine has no name of its own")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", _resolving("interviews.example", socket.getaddrinfo))
            found = one(address.public_url(with_settings(deployment, public_url=f"http://interviews.example:{port}")))
    assert (found.state, "in the clear" in found.found, "TLS" in found.cure) == (State.WARN, True, True)


def _resolving(name, real):
    """The machine's resolver, with one more name for this machine."""
    return lambda host, *rest, **more: real("127.0.0.1" if host == name else host, *rest, **more)


@pytest.mark.parametrize(("host", "local"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False)])
def test_local_names(host, local):
    assert address.is_local(host) is local


# --- the whole ----------------------------------------------------------------------------------------------------


def test_what_stands_on_broken_ground_is_not_asked(deployment):
    nothing = with_settings(
        deployment, database_url=f"postgresql+psycopg://x@127.0.0.1:{closed_port()}/x",
        redis_url=f"redis://127.0.0.1:{closed_port()}",
    )  # fmt: skip
    told: list[Finding] = []
    found = {finding.name: finding for finding in examine(nothing, told.append)}
    nothing.close()
    assert list(found.values()) == told
    assert set(found) == {check.name for check in CHECKS}
    failed = {name for name, finding in found.items() if finding.state is State.FAIL}
    assert failed == {"database", "redis", "sandbox", "public url"}
    assert found["timetable"] == Finding(
        "timetable", State.WARN, "not known: database failed", "Mend database first, then ask again."
    )
    assert found["queues"].found == "not known: redis failed"


def test_a_check_that_breaks_is_a_finding_and_the_rest_goes_on(deployment, monkeypatch):
    def broken(_deployment: Deployment) -> list[Finding]:
        raise KeyError("surprise")

    monkeypatch.setattr("server.doctor.examine.CHECKS", (replace(CHECKS[0], look=broken), CHECKS[1]))
    first, second = examine(deployment)
    assert (first.state, "KeyError" in first.found, second.state) == (State.FAIL, True, State.OK)


def test_a_line_cannot_steer_the_terminal():
    line = line_of(fail("mail", "mail.example says: \x1b[2Jhello\x07", "Mend it."), colour=False)
    assert "\x1b" not in line
    assert line.splitlines()[1].strip() == "→ Mend it."


def doctor(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PROOFROOM_") and not k.endswith("_URL")}
    argv = [sys.executable, str(ROOT / "cli.py"), "doctor", *options]
    return subprocess.run(argv, env={**clean, **environment}, capture_output=True, text=True, timeout=120)


def test_the_command_when_nothing_runs():
    with temporary_state() as state:
        environment = {"PROOFROOM_STATE_DIR": str(state), "PROOFROOM_PORT": str(closed_port())}
        done = doctor(environment, "--json")
        report = json.loads(done.stdout)
        lines = doctor(environment)
    assert (done.returncode, report["state"]) == (1, "fail")
    assert {check["name"] for check in report["checks"] if check["state"] == "fail"} == {
        "database", "redis", "sandbox", "public url",
    }  # fmt: skip
    assert all(check["cure"] for check in report["checks"] if check["state"] != "ok")
    assert lines.returncode == 1
    assert "fail  database" in lines.stdout


def test_the_command_with_a_bad_setting():
    with temporary_state() as state:
        done = doctor({"PROOFROOM_STATE_DIR": str(state), "REDIS_URL": "http://wrong"}, "--json")
    [check] = json.loads(done.stdout)["checks"]
    assert (done.returncode, check["name"], "REDIS_URL" in check["found"]) == (1, "settings", True)
