"""The database: does it answer, is it new enough, in UTF-8, on the newest schema, and on the same time as we are."""

from __future__ import annotations

from collections.abc import Sequence

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.base.migrations import alembic_config, newest_revision
from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, fail, ok, one_line, warn

OLDEST = 150_000  # server_version_num of PostgreSQL 15
SKEW_WARN_SECONDS, SKEW_FAIL_SECONDS = 1.0, 10.0


def reach(deployment: Deployment) -> Sequence[Finding]:
    """Whether it answers, and its version."""
    try:
        with deployment.reading() as session:
            number, version, size = session.execute(
                text(
                    "SELECT current_setting('server_version_num')::int, version(), pg_database_size(current_database())"
                )
            ).one()
    except SQLAlchemyError as error:
        reason = one_line(getattr(error, "orig", None) or error)
        cure = "Start it (`make run` starts the embedded one), or correct DATABASE_URL."
        return [fail("database", f"does not answer: {reason}", cure)]
    return [version_finding(number, version.split(" on ")[0], size)]


def version_finding(number: int, version: str, size: int) -> Finding:
    """The verdict on a version number such as 180004."""
    if number < OLDEST:
        return fail(
            "database",
            f"{version} is too old",
            "Move the data to PostgreSQL 15 or newer (pg_dump, then psql).",
        )
    return ok("database", f"{version}, {size / 1e6:.0f} MB of data")


def encoding(deployment: Deployment) -> Sequence[Finding]:
    """Names and code come in every script: anything but UTF-8 would refuse or mangle them."""
    with deployment.reading() as session:
        found, collation = session.execute(
            text(
                "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
            )
        ).one()
    if found != "UTF8":
        cure = (
            "Create a database with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, restore the data into it "
            "and point DATABASE_URL there."
        )
        return [fail("encoding", f"the database is in {found}", cure)]
    return [ok("encoding", f"UTF8, collation {collation}")]


def schema(deployment: Deployment) -> Sequence[Finding]:
    """Whether the tables are those that this code expects."""
    newest = newest_revision()
    with deployment.reading() as session:
        stored = _stored(session)
    if stored == [newest]:
        return [ok("schema", f"newest revision, {newest}")]
    if not stored:
        return [fail("schema", "there are no tables yet", "Run `proofroom migrate`.")]
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if not set(stored) <= known:
        cure = "Update this checkout to the version that last migrated the database."
        return [
            fail("schema", f"the database is at {', '.join(stored)}, which this code does not know", cure)
        ]
    return [fail("schema", f"at {', '.join(stored)}, the newest is {newest}", "Run `proofroom migrate`.")]


def _stored(session: Session) -> list[str]:
    if session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return []
    return list(session.scalars(text("SELECT version_num FROM alembic_version")))


def clock(deployment: Deployment) -> Sequence[Finding]:
    """How far this machine's clock is from the database's: deadlines and leases are read with the one and the other."""
    with deployment.reading() as session:
        session.execute(text("SELECT 1"))  # the connection is made before the clock is read
        before = deployment.now()
        theirs = session.scalar(text("SELECT clock_timestamp()"))
        after = deployment.now()
    assert theirs is not None
    skew = (theirs - before).total_seconds() - (after - before).total_seconds() / 2
    found = f"the database is {abs(skew):.3f} s {'ahead of' if skew > 0 else 'behind'} this machine"
    cure = "Let both machines keep their clocks by NTP (chrony or systemd-timesyncd)."
    if abs(skew) > SKEW_FAIL_SECONDS:
        return [fail("clock", found, cure)]
    return [warn("clock", found, cure) if abs(skew) > SKEW_WARN_SECONDS else ok("clock", found)]
