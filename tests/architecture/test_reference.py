"""docs/reference.md names every error code, evidence kind, socket event, rate limit and size, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import core.base.limits as limits
from core.accounts.rules import ACCESS_SECONDS, SESSION_SECONDS
from core.assessments.rules.clock import OVERTIME_SECONDS
from core.base.errors import Conflict, Gone, Invalid, NotAllowed, ProofroomError, TooMany, Unavailable
from core.ledger.rules import MAX_BATCH
from core.runs.rules.lease import LEASE_SECONDS
from core.workspaces.rules.tree import MAX_FILES
from core.workspaces.rules.updates import MAX_UPDATE
from evidence.header import Source
from evidence.kinds import KINDS, Kind
from server.problems import problem_of
from server.security import MAX_BODY
from server.sockets import MAX_MESSAGE
from tests.architecture.registry import browser_events, error_codes, python_events
from tests.architecture.tiny import ROOT

TEXT = (ROOT / "docs" / "reference.md").read_text()


def table(heading: str) -> dict[str, list[str]]:
    """{first cell without backticks: the other cells} of the table under a heading."""
    section = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    assert len({row[0] for row in rows}) == len(rows), "a name stands twice"
    return {row[0].strip("`"): row[1:] for row in rows[2:]}


def subclasses(kind: type[ProofroomError]) -> Iterator[type[ProofroomError]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def test_every_error_code_is_documented_and_nothing_else() -> None:
    assert set(table("Errors")) == error_codes()


def test_the_documented_status_is_the_one_that_is_answered() -> None:
    documented = table("Errors")
    bases: list[ProofroomError] = [Invalid(), NotAllowed(), Conflict(), Gone(), TooMany(1), Unavailable("x")]
    for error in bases:
        assert documented[error.code][0] == str(problem_of(error).status)
    for kind in subclasses(ProofroomError):
        plain = kind.__new__(kind)
        plain.args, plain.code, plain.text, plain.params = (), kind.code, "", {}
        plain.fields, plain.retry_after_seconds = {}, 1  # type: ignore[attr-defined]
        assert documented[kind.code][0] == str(problem_of(plain).status), kind


def test_every_evidence_kind_is_documented_with_its_fields() -> None:
    documented = table("Evidence kinds")
    assert set(documented) == set(Kind)
    for kind, rule in KINDS.items():
        source, declared, fields = documented[kind]
        assert {Source(source)} == rule.sources, kind
        assert declared == ("must be declared" if rule.declared else "always recorded"), kind
        if kind is not Kind.RECEIVED_LATE:
            names = [name + ("" if field.required else "?") for name, field in rule.fields.items()]
            assert re.findall(r"`([^`]+)`", fields) == names, kind


def test_every_socket_event_is_documented_and_nothing_else() -> None:
    documented = set(table("Socket events"))
    assert documented == python_events()
    assert browser_events() - documented == set(), "the browser waits for what nobody sends"
    assert len(browser_events()) > 12


def test_every_rate_limit_is_documented_and_used() -> None:
    defined = {name: value for name, value in vars(limits).items() if isinstance(value, limits.Limit)}
    documented = table("Rate limits")
    for limit in defined.values():
        assert documented.pop(limit.name)[:2] == [str(limit.count), f"{limit.seconds} s"], limit.name
    assert documented == {}
    doors = "".join(p.read_text() for d in ("server", "portal", "interviewer") for p in (ROOT / d).rglob("*.py"))
    assert {name for name in defined if name not in doors} == set(), "a limit that nothing counts"


def test_sizes_and_times_are_those_of_the_code() -> None:
    documented = {name: cells[0] for name, cells in table("Sizes and times").items()}
    assert documented["body of a request (uploads have their own)"] == f"{MAX_BODY // 1024**2} MiB"
    assert documented["socket message"].startswith(f"{MAX_MESSAGE:,} bytes")
    assert documented["one edit of a document"] == f"{MAX_UPDATE // 1024**2} MiB"
    assert documented["files of a workspace"] == str(MAX_FILES)
    assert documented["reported events in one batch"] == str(MAX_BATCH)
    assert documented["overtime past the limit"] == f"{OVERTIME_SECONDS // 60} min"
    assert documented["access token"].startswith(f"{ACCESS_SECONDS // 60} min")
    assert documented["session"].startswith(f"{SESSION_SECONDS // 86_400} days")
    assert documented["lease of a run"].startswith(f"{LEASE_SECONDS} s")
