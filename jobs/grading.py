"""Grading of finished attempts."""

from __future__ import annotations

from core.assessments.models import Attempt
from core.base.clock import utc_now
from core.grading.actions import start_grading
from jobs.start import current


def grade_attempt(attempt_id: int) -> None:
    """Freeze the files and ask for the runs; a second run finds the grade under way or done."""
    with current().database.unit_of_work() as session:
        attempt = session.get(Attempt, attempt_id)
        if attempt is not None:  # the example organisation may have been removed meanwhile
            start_grading(session, attempt, utc_now())
