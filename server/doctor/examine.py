"""All checks in order. A check whose ground is broken is not asked: it says what has to be mended first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.doctor import address, background, database, machine, sandbox, services
from server.doctor.deployment import Deployment
from server.doctor.finding import Finding, State, fail, one_line, warn

Look = Callable[[Deployment], Sequence[Finding]]


@dataclass(frozen=True)
class Check:
    """``needs`` names findings that must not have failed before this one makes sense."""

    name: str
    look: Look
    needs: tuple[str, ...] = ()


CHECKS = (
    Check("interpreter", machine.interpreter),
    Check("database", database.reach),
    Check("encoding", database.encoding, ("database",)),
    Check("schema", database.schema, ("database",)),
    Check("redis", background.reach_redis),
    Check("persistence", background.persistence, ("redis",)),
    Check("queues", background.queues, ("redis",)),
    Check("outbox", background.outbox, ("database", "schema")),
    Check("timetable", background.timetable, ("database", "schema")),
    Check("sandbox", sandbox.sandbox),
    Check("mail", services.mail, ("database", "schema")),
    Check("model", services.model, ("database", "schema")),
    Check("disk state", machine.state_disk),
    Check("disk database", machine.database_disk, ("database",)),
    Check("clock", database.clock, ("database",)),
    Check("public url", address.public_url),
)


def examine(deployment: Deployment, told: Callable[[Finding], None] = lambda finding: None) -> list[Finding]:
    """Every finding, each handed to ``told`` as soon as it is known. Raises nothing."""
    findings: list[Finding] = []
    for check in CHECKS:
        for finding in _ask(check, deployment, findings):
            findings.append(finding)
            told(finding)
    return findings


def _ask(check: Check, deployment: Deployment, before: list[Finding]) -> Sequence[Finding]:
    broken = [f.name for f in before if f.name in check.needs and f.state is State.FAIL]
    if broken:
        return [
            warn(check.name, f"not known: {broken[0]} failed", f"Mend {broken[0]} first, then ask again.")
        ]
    try:
        return check.look(deployment)
    except Exception as error:  # a check that breaks is itself a finding, and the others are still wanted
        found = f"could not be looked at: {type(error).__name__}: {one_line(getattr(error, 'orig', None) or error)}"
        return [
            fail(
                check.name,
                found,
                "Mend what the message names; if it says nothing to you, report it as a fault.",
            )
        ]
