"""Which feature owns the result of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session

from core.assessments.actions import attempt_runs, proofs
from core.grading import actions as grading
from core.runs.models import Run

TakeResult = Callable[[Session, Run, dt.datetime], None]

OWNERS: dict[str, TakeResult] = {
    "own": attempt_runs.take_result,
    "public": attempt_runs.take_result,
    "grade": grading.take_result,
    "prove": proofs.take_result,
}


def take_result(session: Session, run: Run, now: dt.datetime) -> None:
    """Hand an ended run (finished or failed) to its feature, in the transaction that ended it."""
    OWNERS[run.purpose](session, run, now)
