"""`proofroom demo`: the example organisation beside a running Proofroom. `--remove` takes it away again."""

from __future__ import annotations

import argparse
import os
import secrets
import sys

from sqlalchemy.exc import SQLAlchemyError

from core.base.log import set_up_logs
from core.gateways.runner.port import RunnerUnavailable, RunRefused
from core.settings import BadSetting, read_settings
from core.wiring import Wiring, wire
from jobs.demo.cast import ORGANISATION, RECRUITER
from jobs.demo.make import Maker
from jobs.demo.removal import remove_example
from jobs.demo.waiting import GivenUp

POOL_SIZE = 3
# `proofroom up --demo` makes the password and shows it itself: what this command prints goes into a log file there.
GIVEN_PASSWORD = "PROOFROOM_DEMO_PASSWORD"  # noqa: S105 - the name of a variable


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `proofroom demo`."""
    parser.add_argument(
        "--remove",
        action="store_true",
        help="take the example organisation away again, with everything in it",
    )


def run(options: argparse.Namespace) -> int:
    """0 when the example stands (or is gone), 1 when something it needs did not come."""
    try:
        settings = read_settings()
        set_up_logs("WARNING", settings.log_format)
        wiring = wire(settings, POOL_SIZE)
        return _remove(wiring) if options.remove else _make(wiring)
    except (BadSetting, GivenUp, RunnerUnavailable, RunRefused) as error:
        say(f"{error}")
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        say(
            f"the database does not answer as it should ({reason}): `make run` starts everything, `proofroom doctor` says more"
        )
    return 1


def _make(wiring: Wiring) -> int:
    given = os.environ.get(GIVEN_PASSWORD, "")
    password = given or new_password()
    maker = Maker(wiring, say)
    house = maker.found(password)
    if not given:
        say(f"Sign in at {wiring.settings.public_url}/sign-in as {RECRUITER[1]} with {password}")
        say("This password is shown here only; the next `proofroom demo` makes a new one.")
    maker.make(house)
    say(f"the example organisation {ORGANISATION} stands; `bin/proofroom demo --remove` takes it away again")
    return 0


def new_password() -> str:
    """Easy to copy by hand, 80 bits."""
    return "-".join(secrets.token_hex(2) for _ in range(5))


def _remove(wiring: Wiring) -> int:
    with wiring.database.unit_of_work() as session:
        gone = remove_example(session)
    if gone.organisations:
        say(
            f"removed {ORGANISATION}: {gone.attempts} attempts, {gone.people} people, {gone.blobs} stored files"
        )
    else:
        say("there is no example organisation")
    return 0


def say(line: str) -> None:
    """To the console at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
