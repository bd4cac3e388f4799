"""The blueprint of assessments with all its screens."""

from interviewer.assessments import board, people
from interviewer.assessments.views import assessments

SCREENS = (board, people)  # importing them gives their views to the blueprint

__all__ = ["SCREENS", "assessments"]
