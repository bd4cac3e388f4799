"""The closed list of event kinds: what each payload holds, who may report it, and whether a manifest must declare it.

One list for producers, ledger, disclosure, replay and report. Adding a kind or an optional field is compatible; anything
else needs a new header version. Durations are ``_ms`` or ``_seconds``; there are no floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .fields import BadPayload, Choice, Count, Field, Flag, Hash, Id, Text, check_fields
from .header import Source

DAY_MS = 86_400_000
MAX_LENGTH = 8 * 1024 * 1024


class Kind(StrEnum):
    """Every kind that a log may hold."""

    CONSENTED = "consented"
    REOPENED = "reopened"
    RESUMED_ELSEWHERE = "resumed_elsewhere"
    EDITED = "edited"
    UPLOADED = "uploaded"
    RAN = "ran"
    ANSWERED = "answered"
    PASTED = "pasted"
    AWAY = "away"
    OPENED_FILE = "opened_file"
    SUBMITTED = "submitted"
    ENDED_BY_CLOCK = "ended_by_clock"
    ADJUSTED = "adjusted"
    RECEIVED_LATE = "received_late"
    DECIDED = "decided"
    SEALED = "sealed"


@dataclass(frozen=True)
class KindRule:
    """``declared``: needs an entry in the manifest. ``work``: made by working, so after the end it counts as late."""

    fields: Mapping[str, Field]
    sources: frozenset[Source]
    declared: bool
    work: bool


def _server(declared: bool = False, work: bool = False, **fields: Field) -> KindRule:
    return KindRule(fields, frozenset({Source.SERVER}), declared, work)


def _browser(**fields: Field) -> KindRule:
    return KindRule(fields, frozenset({Source.BROWSER}), declared=True, work=True)


KINDS: Mapping[Kind, KindRule] = {
    Kind.CONSENTED: _server(
        attempt=Id(),
        version=Id(),
        manifest_hash=Hash(),
        locale=Text(12),
        text_hash=Hash(),
        limit_seconds=Count("seconds", required=False),
    ),
    Kind.REOPENED: _server(previous_log=Id(), previous_leaf=Hash()),
    Kind.RESUMED_ELSEWHERE: _server(device=Id(), how=Text(16)),
    Kind.EDITED: _server(
        declared=True,
        work=True,
        workspace=Id(),
        first_update=Count("update ids"),
        last_update=Count("update ids"),
        count=Count("updates"),
        size=Count("bytes"),
        hash=Hash(),
    ),
    Kind.UPLOADED: _server(
        declared=True, work=True, workspace=Id(), file=Text(64), size=Count("bytes"), sha256=Hash()
    ),
    Kind.RAN: _server(
        declared=True,
        work=True,
        run=Id(),
        purpose=Text(24),
        state=Text(24),
        passed=Count("tests", required=False),
        total=Count("tests", required=False),
    ),
    Kind.ANSWERED: _server(
        declared=True, work=True, question=Text(40), length=Count("characters"), hash=Hash()
    ),
    Kind.PASTED: _browser(
        length=Count("characters", MAX_LENGTH),
        lines=Count("lines", MAX_LENGTH, required=False),
        # A file id of the document, or empty where the paste went into no file.
        file=Text(64, required=False, least=0),
        trusted=Flag(required=False),
    ),
    Kind.AWAY: _browser(duration_ms=Count("milliseconds", 7 * DAY_MS), trusted=Flag(required=False)),
    Kind.OPENED_FILE: _browser(file=Text(64)),
    Kind.SUBMITTED: _server(
        files=Count("files"),
        files_hash=Hash(),
        passed=Count("tests", required=False),
        total=Count("tests", required=False),
    ),
    Kind.ENDED_BY_CLOCK: _server(
        files=Count("files"), files_hash=Hash(), reason=Choice(("limit", "overtime", "window"))
    ),
    Kind.ADJUSTED: _server(
        seconds=Count("seconds", 30 * 86_400, -30 * 86_400), reason=Choice(("outage", "staff"))
    ),
    Kind.DECIDED: _server(
        decision=Choice(("advance", "maybe", "reject", "undone")), audit=Count("audit ids")
    ),
    # Its commitment binds the root of all earlier leaves: who holds the last leaf hash holds the whole log to account.
    Kind.SEALED: _server(size=Count("events"), root=Hash()),
    # The payload is that of another kind; check_payload looks inside.
    Kind.RECEIVED_LATE: _server(),
}


def known_kind(name: object) -> Kind | None:
    """The kind of that name, or None."""
    return Kind(name) if isinstance(name, str) and name in KINDS else None


def check_payload(kind: Kind, payload: object) -> dict[str, Any]:
    """``payload`` itself when it fits its kind. Raises BadPayload."""
    if kind is not Kind.RECEIVED_LATE:
        return check_fields(KINDS[kind].fields, payload)
    if not isinstance(payload, dict) or set(payload) != {"kind", "payload"}:
        raise BadPayload("a late event holds kind and payload")
    inner = known_kind(payload["kind"])
    if inner is None or not KINDS[inner].work:
        raise BadPayload("kind: not one that can arrive late")
    check_fields(KINDS[inner].fields, payload["payload"])
    return payload


def late(kind: Kind, payload: dict[str, Any]) -> dict[str, Any]:
    """The payload of a ``received_late`` event that carries this one."""
    return {"kind": kind.value, "payload": payload}


def declarable_kinds() -> tuple[Kind, ...]:
    """The kinds that a manifest may list, in the order in which they are shown."""
    return tuple(kind for kind, rule in KINDS.items() if rule.declared)


def always_kinds() -> tuple[Kind, ...]:
    """The milestones that every log records, whatever the manifest says."""
    return tuple(kind for kind, rule in KINDS.items() if not rule.declared)
