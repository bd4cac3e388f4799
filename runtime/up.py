"""`proofroom up`: the whole stack in the foreground."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

from runtime.account import data_user
from runtime.console import Console
from runtime.environment import instance_environment
from runtime.errors import CannotStart
from runtime.guard import guarded
from runtime.health import healthz, port_is_free
from runtime.lock import Lock
from runtime.parts import Plan, stages
from runtime.supervisor import Supervisor

CHECKOUT = Path(__file__).resolve().parent.parent


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `proofroom up`."""
    parser.add_argument("--verbose", action="store_true", help="show every line that every part writes")
    parser.add_argument("--demo", action="store_true", help="add the example organisation once everything runs")
    parser.add_argument("--only", default="", metavar="PART,…", help="start these parts alone (containers): web, workers, …")


def run(options: argparse.Namespace) -> int:
    """Start everything and stay until told to stop. Returns the exit code."""
    verbose = options.verbose or os.environ.get("PROOFROOM_VERBOSE", "") not in ("", "0")
    return guarded(lambda: supervise(options, verbose=verbose))


def supervise(options: argparse.Namespace, *, verbose: bool) -> int:
    """The supervisor's life, in the guard's child."""
    os.chdir(CHECKOUT)  # the parts are started as modules of it
    plan = make_plan(demo=options.demo, only=frozenset(filter(None, options.only.split(","))))
    lock = Lock(plan.state, "-".join(sorted(plan.only)))
    console = Console(plan.state / "log", verbose=verbose)
    if plan.has_web and not port_is_free(plan.bind, plan.port):
        raise CannotStart(
            f"port {plan.port} on {plan.bind} is taken by another program: stop that one, "
            f"or choose another port: PROOFROOM_PORT={plan.port + 1} make run"
        )
    return Supervisor(
        stages(plan), console, on_ready=lambda: closing_lines(plan, console), on_stop=lock.stopping).run()  # fmt: skip


def make_plan(*, demo: bool, only: frozenset[str]) -> Plan:
    """Read the environment and prepare what every part is told."""
    port = os.environ.get("PROOFROOM_PORT", "8000")
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise CannotStart(f"PROOFROOM_PORT must be a number from 1 to 65535, not {port!r}")
    database, redis = (not os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL"))
    if database or redis:
        data_user()
    instance = instance_environment(CHECKOUT)
    # Easy to copy by hand, 80 bits: it lives as long as this process and only until there is an organisation.
    # In a container the console is a log file, where the token must not stand: there it has to be given.
    token = os.environ.get("PROOFROOM_SETUP_TOKEN") or ("" if only else "-".join(secrets.token_hex(2) for _ in range(5)))
    password = "-".join(secrets.token_hex(2) for _ in range(5)) if demo else ""
    return Plan(CHECKOUT, instance, token, embedded_database=database, embedded_redis=redis, demo_password=password, only=only)


def closing_lines(plan: Plan, console: Console) -> None:
    """The end of the start: where it is, and the token while nobody has set it up.

    The console only: the token must not stand in a log file.
    """
    if not plan.has_web:
        return
    health = healthz(plan.bind, plan.port) or {}
    console.say("proofroom", "")
    console.say("proofroom", f"Proofroom is ready:  {plan.instance['PROOFROOM_PUBLIC_URL']}")
    if health.get("setup_needed"):
        given = os.environ.get("PROOFROOM_SETUP_TOKEN")
        shown = "the one in PROOFROOM_SETUP_TOKEN" if given else plan.token or "none: set PROOFROOM_SETUP_TOKEN and start again"
        console.say("proofroom", f"Set-up token:        {shown}   (asked for once, when you open the address)")
    if plan.demo_password:
        console.say("proofroom", "Example:             sign in as nora.lindqvist@harbourline.example with "
                    f"{plan.demo_password}   (a new password at every start)")  # fmt: skip
    console.say("proofroom", f"Ctrl-C stops everything. The output of every part is in {console.logs}")
