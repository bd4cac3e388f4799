"""The record of an attempt as lanes over its time and as a list of moments, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.assessments.models import Attempt
from core.ledger.queries import TimelineEntry
from evidence.kinds import Kind
from server.charts import Lane, Moment, Span
from server.i18n import _, duration_text, ngettext


@dataclass(frozen=True)
class Line:
    """One moment in the list: when (seconds after the start), what, with which icon and how serious."""

    at_seconds: float
    text: str
    icon_name: str
    kind: str = ""
    late: bool = False


def moments_of(entries: list[TimelineEntry], attempt: Attempt) -> list[Line]:
    """Every event but the opening of files, in order."""
    return [_line(entry, attempt) for entry in entries if entry.kind != Kind.OPENED_FILE]


def lanes_of(entries: list[TimelineEntry], attempt: Attempt) -> list[Lane]:
    """Edits, runs, answers and attention over the time of the attempt; the same order on every page."""
    rows: dict[str, list[Moment | Span]] = {
        _("Edits"): [],
        _("Runs"): [],
        _("Answers"): [],
        _("Away, pastes"): [],
    }
    names = list(rows)
    place = {Kind.EDITED: 0, Kind.UPLOADED: 0, Kind.RAN: 1, Kind.ANSWERED: 2, Kind.PASTED: 3, Kind.AWAY: 3}
    for entry in entries:
        if entry.kind in place:
            rows[names[place[Kind(entry.kind)]]].append(_mark(entry, attempt))
    return [Lane(name, items) for name, items in rows.items()]


def _mark(entry: TimelineEntry, attempt: Attempt) -> Moment | Span:
    line = _line(entry, attempt)
    seconds = (entry.payload or {}).get("duration_ms", 0) / 1000
    if seconds:
        return Span(max(0.0, line.at_seconds - seconds), seconds, line.text, line.kind)
    return Moment(line.at_seconds, line.text, line.kind)


def _line(entry: TimelineEntry, attempt: Attempt) -> Line:
    at = (entry.received_at - attempt.started_at).total_seconds()
    payload = entry.payload
    telling = TELLINGS[entry.kind]
    text = _("Erased") if payload is None else telling.words(payload)
    return Line(at, text, telling.icon, _severity(entry.kind, payload or {}), entry.late)


def _ran(payload: dict[str, Any]) -> str:
    if "total" in payload:
        return _(
            "Ran the tests: %(passed)s of %(total)s pass", passed=payload["passed"], total=payload["total"]
        )
    return (
        _("Ran the code with own input") if payload["state"] == "finished" else _("A run that did not finish")
    )


def _severity(kind: str, payload: dict[str, Any]) -> str:
    if kind == Kind.RAN and "total" in payload:
        return "good" if payload["passed"] == payload["total"] else "bad"
    return {Kind.AWAY: "warn", Kind.PASTED: "warn", Kind.SUBMITTED: "brand"}.get(Kind(kind), "")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """How a kind is told. By keyword only: the build finds the icons named in Python by ``icon=``."""

    icon: str
    words: Callable[[dict[str, Any]], str]


TELLINGS: dict[str, Telling] = {
    Kind.CONSENTED: Telling(icon="handshake", words=lambda p: _("Agreed to what is recorded and started")),
    Kind.REOPENED: Telling(icon="lock-open", words=lambda p: _("Opened again")),
    Kind.RESUMED_ELSEWHERE: Telling(
        icon="monitor-smartphone", words=lambda p: _("Went on from another browser")
    ),
    Kind.EDITED: Telling(
        icon="pencil-line", words=lambda p: ngettext("One edit saved", "%(num)d edits saved", p["count"])
    ),
    Kind.UPLOADED: Telling(icon="upload", words=lambda p: _("Uploaded %(file)s", file=p["file"])),
    Kind.RAN: Telling(icon="flask-conical", words=_ran),
    Kind.ANSWERED: Telling(
        icon="message-square",
        words=lambda p: ngettext(
            "Saved an answer of one character", "Saved an answer of %(num)d characters", p["length"]
        ),
    ),
    Kind.PASTED: Telling(
        icon="clipboard-paste",
        words=lambda p: ngettext("Pasted one character", "Pasted %(num)d characters", p["length"]),
    ),
    Kind.AWAY: Telling(
        icon="panel-top-close",
        words=lambda p: _("Away from the tab for %(time)s", time=duration_text(p["duration_ms"] / 1000)),
    ),
    Kind.OPENED_FILE: Telling(icon="file", words=lambda p: _("Opened a file")),
    Kind.SUBMITTED: Telling(
        icon="send", words=lambda p: ngettext("Handed in one file", "Handed in %(num)d files", p["files"])
    ),
    Kind.ENDED_BY_CLOCK: Telling(
        icon="timer-off", words=lambda p: _("The time ended; the saved state was handed in")
    ),
    Kind.ADJUSTED: Telling(
        icon="clock-plus", words=lambda p: _("Time given: %(time)s", time=duration_text(p["seconds"]))
    ),
    Kind.DECIDED: Telling(icon="gavel", words=lambda p: _("A decision was made")),
    Kind.RECEIVED_LATE: Telling(icon="clock-plus", words=lambda p: _("Arrived after the end")),
    Kind.SEALED: Telling(icon="lock", words=lambda p: _("The record was closed")),
}
