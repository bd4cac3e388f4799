"""The whole filter as CSV, streamed. Cells that a spreadsheet would run as a formula are defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Response, current_app

from core.review.queries.rows import Row, every_row
from core.review.rules.table import Ask
from server.request import wiring

HEAD = (
    "rank", "name", "email", "verified", "decision", "final", "raw", "deduction", "tests_passed", "tests_total",
    "worked_seconds", "over_seconds", "finished_at_utc", "status", "grade",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_response(assessment_id: int, code: str, person_id: int, ask: Ask) -> Response:
    """A download of every row of ``ask``, read in parts from a unit of its own while it is sent."""
    database = wiring().database

    def lines() -> Iterator[str]:
        yield line(HEAD)
        with database.reading() as session:
            for row in every_row(session, assessment_id, person_id, ask):
                yield line(cells(row))

    response = current_app.response_class(lines(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-submissions.csv"'
    return response


def cells(row: Row) -> tuple[object, ...]:
    """One row in the order of HEAD."""
    return (
        row.rank, row.name, row.email or "", "yes" if row.verified else "no", row.choice, row.final, row.raw,
        row.deduction, row.tests_passed, row.tests_total, row.worked_seconds, row.over_seconds,
        row.finished_at.isoformat(timespec="seconds"), row.state, row.grade_state,
    )  # fmt: skip


def line(values: tuple[object, ...]) -> str:
    """One CSV line; None is empty, and text that begins like a formula gets an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow(["" if value is None else defused(value) for value in values])
    return out.getvalue()


def defused(value: object) -> object:
    """Text that no spreadsheet runs."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
