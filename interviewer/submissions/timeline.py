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


ICONS = {
    Kind.CONSENTED: "handshake", Kind.EDITED: "pencil-line", Kind.UPLOADED: "upload", Kind.RAN: "flask-conical",
    Kind.ANSWERED: "message-square", Kind.PASTED: "clipboard-paste", Kind.AWAY: "panel-top-close",
    Kind.OPENED_FILE: "file", Kind.SUBMITTED: "send", Kind.ENDED_BY_CLOCK: "timer-off", Kind.ADJUSTED: "clock-plus",
    Kind.RESUMED_ELSEWHERE: "monitor-smartphone", Kind.SEALED: "lock", Kind.REOPENED: "lock-open",
    Kind.DECIDED: "gavel",
}  # fmt: skip


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
    text = _("Erased") if payload is None else _text(entry.kind, payload)
    return Line(
        at, text, ICONS.get(Kind(entry.kind), "circle"), _severity(entry.kind, payload or {}), entry.late
    )


def _text(kind: str, payload: dict[str, Any]) -> str:
    """The event in the words that the candidate sees too."""
    writer = _WORDS.get(Kind(kind))
    return writer(payload) if writer else str(kind)


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


_WORDS: dict[Kind, Callable[[dict[str, Any]], str]] = {
    Kind.CONSENTED: lambda p: _("Agreed to what is recorded and started"),
    Kind.REOPENED: lambda p: _("Opened again"),
    Kind.RESUMED_ELSEWHERE: lambda p: _("Went on from another browser"),
    Kind.EDITED: lambda p: ngettext("One edit saved", "%(num)d edits saved", p["count"]),
    Kind.UPLOADED: lambda p: _("Uploaded %(file)s", file=p["file"]),
    Kind.RAN: _ran,
    Kind.ANSWERED: lambda p: ngettext(
        "Saved an answer of one character", "Saved an answer of %(num)d characters", p["length"]
    ),
    Kind.PASTED: lambda p: ngettext("Pasted one character", "Pasted %(num)d characters", p["length"]),
    Kind.AWAY: lambda p: _("Away from the tab for %(time)s", time=duration_text(p["duration_ms"] / 1000)),
    Kind.SUBMITTED: lambda p: ngettext("Handed in one file", "Handed in %(num)d files", p["files"]),
    Kind.ENDED_BY_CLOCK: lambda p: _("The time ended; the saved state was handed in"),
    Kind.ADJUSTED: lambda p: _("Time given: %(time)s", time=duration_text(p["seconds"])),
    Kind.DECIDED: lambda p: _("A decision was made"),
    Kind.SEALED: lambda p: _("The record was closed"),
}
