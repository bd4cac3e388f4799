"""The parts of a running Proofroom, in the order of their start."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.console import loud
from runtime.environment import application_environment, sandbox_environment
from runtime.errors import CannotStart
from runtime.health import healthz
from runtime.postgres import STOP_SIGNAL, EmbeddedPostgres
from runtime.redisserver import EmbeddedRedis
from runtime.schema import is_newest
from runtime.service import Service, everything

# Probes that come while PostgreSQL recovers are answered, and logged, with these: expected, not news.
STARTING_UP = re.compile(r"FATAL: +the database system is (starting up|shutting down|not yet accepting)")
# Advice about the machine that an append-only Redis of this size does not need.
ADVICE = re.compile("Memory overcommit must be enabled")


@dataclass(frozen=True)
class Plan:
    """What is to be started: `instance` from `runtime.environment`, `token` for the first set-up."""

    checkout: Path
    instance: Mapping[str, str]
    token: str
    embedded_database: bool
    embedded_redis: bool
    demo_password: str = ""  # of the example's recruiter; empty: no example is made
    only: frozenset[str] = frozenset()  # names of parts; empty: all

    @property
    def state(self) -> Path:
        """The folder of all data."""
        return Path(self.instance["PROOFROOM_STATE_DIR"])

    @property
    def has_web(self) -> bool:
        """Whether the web part is among what starts."""
        return not self.only or "web" in self.only

    @property
    def bind(self) -> str:
        """The address the web part listens on."""
        return self.instance["PROOFROOM_BIND"]

    @property
    def port(self) -> int:
        """The port the web part listens on."""
        return int(self.instance["PROOFROOM_PORT"])


def stages(plan: Plan) -> list[list[Service]]:
    """The parts by stage; a stage starts when the awaited parts of the one before are ready."""
    services = [make(plan.state) for wanted, make in
                ((plan.embedded_database, postgres), (plan.embedded_redis, redis)) if wanted]  # fmt: skip
    application = application_environment(plan.instance)
    found = [
        services,
        [migrate(plan)],
        [web(plan)],
        # The sandbox may take minutes to fetch an engine and build its images; nobody waits for it. It starts when the
        # page answers, because its self-tests take the processors that the page needs to come up.
        [sandbox(plan), *background(plan, application)],
    ]
    if plan.demo_password:
        found.append([demo(plan)])
    return _chosen(found, plan.only) if plan.only else found


def _chosen(found: list[list[Service]], only: frozenset[str]) -> list[list[Service]]:
    """The named parts. Raises CannotStart for a name that is none."""
    names = {s.name for stage in found for s in stage}
    if unknown := only - names:
        raise CannotStart(f"no such part: {', '.join(sorted(unknown))}. There are {', '.join(sorted(names))}.")
    return [kept for stage in found if (kept := [s for s in stage if s.name in only])]


def postgres(state: Path) -> Service:
    """The embedded database."""
    server = EmbeddedPostgres(state)
    return Service(
        "postgres", server.argv(), _bare(server.environment()), ready=server.is_ready, before=server.prepare,
        shows=lambda line: loud(line) and not STARTING_UP.search(line), user=server.user, folder=server.data,
        stop_signal=STOP_SIGNAL, orphan_signal=STOP_SIGNAL, grace_seconds=20)  # fmt: skip


def redis(state: Path) -> Service:
    """The embedded Redis."""
    server = EmbeddedRedis(state)
    return Service(
        "redis", server.argv(), _bare(os.environ), ready=server.is_ready, before=server.prepare,
        shows=lambda line: loud(line) and not ADVICE.search(line), user=server.user, folder=server.data)  # fmt: skip


def migrate(plan: Plan) -> Service:
    """The step that brings the schema up to date; left out when the embedded database says that it is."""
    step = _command("migrate", plan, "migrate")
    if plan.embedded_database:
        server = EmbeddedPostgres(plan.state)
        step.needed = lambda: not is_newest(server, plan.checkout / "migrations" / "versions")
    return step


def web(plan: Plan) -> Service:
    """One gunicorn with one gevent worker: Socket.IO keeps a connection's state in one process."""
    argv = [sys.executable, "-m", "gunicorn", "--worker-class", "gevent", "--workers", "1", "--worker-connections", "5000",
            "--graceful-timeout", "10", "--timeout", "60", "--no-control-socket", "--log-level", "warning",
            "--config", "python:server.worker_hooks",
            "--bind", f"{plan.bind}:{plan.port}", "wsgi:app"]  # fmt: skip
    environment = {**application_environment(plan.instance), "PROOFROOM_SETUP_TOKEN": plan.token}
    return Service(
        "web", argv, environment, ready=lambda: healthz(plan.bind, plan.port) is not None, shows=loud, grace_seconds=15)  # fmt: skip


def sandbox(plan: Plan) -> Service:
    """The sandbox service: no database, no secrets."""
    argv = ["sandbox", "--socket", plan.instance["PROOFROOM_SANDBOX_SOCKET"], "--state", str(plan.state / "sandbox")]
    service = _module("sandboxd", argv, sandbox_environment(plan.instance))
    service.shows, service.grace_seconds = everything, 15
    return service


def background(plan: Plan, application: Mapping[str, str]) -> list[Service]:
    """All background workers under one parent of theirs: forked after the imports, they share that memory.

    The timetable is one of them, unless parts are started one by one: it must run once in a whole deployment.
    """
    workers = _module("workers", ["jobs.worker"] if plan.only else ["jobs.worker", "--timetable"], application)
    workers.shows = lambda line: loud(line) or " ended with " in line
    workers.grace_seconds = 15  # the job at hand is finished
    return [workers, _module("timetable", ["jobs.timetable"], application)] if plan.only else [workers]


def demo(plan: Plan) -> Service:
    """The step that makes the example organisation. Nobody waits for it: its runs take minutes, the pages answer now."""
    step = _command("demo", plan, "demo")
    step.environment["PROOFROOM_DEMO_PASSWORD"] = plan.demo_password
    step.waited = False
    return step


def _module(name: str, argv: list[str], environment: Mapping[str, str]) -> Service:
    # Not waited for: a page that answers is worth more than one that is held back by a worker that does not start.
    return Service(name, [sys.executable, "-m", *argv], dict(environment), shows=loud, waited=False)


def _command(name: str, plan: Plan, *arguments: str) -> Service:
    argv = [sys.executable, str(plan.checkout / "cli.py"), *arguments]
    return Service(name, argv, application_environment(plan.instance), once=True, ready_seconds=600,
                   stop_signal=signal.SIGTERM)  # fmt: skip


def _bare(environ: Mapping[str, str]) -> dict[str, str]:
    """The little that a foreign server needs: none of our secrets."""
    return {key: value for key, value in environ.items() if key in ("PATH", "HOME", "TZ", "LANG", "TMPDIR")}
