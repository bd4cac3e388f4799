"""Grading of finished attempts."""

from __future__ import annotations

from core.assessments.models import Attempt
from core.base.clock import utc_now
from core.grading.actions import start_grading
from jobs.start import current


def grade_attempt(attempt_id: int) -> None:
    """Freeze the files and ask for the runs; a second run finds the grade under way or done."""
    with current().database.unit_of_work() as session:
        start_grading(session, session.get_one(Attempt, attempt_id), utc_now())
