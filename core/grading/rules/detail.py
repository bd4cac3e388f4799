"""What is stored beside the marks: how each group of each task was counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.problems.rules.score import Score


def task_detail(
    attempt_task_id: int, title: str, language: str, score: Score, run_ids: Sequence[int]
) -> dict[str, Any]:
    """One task: its score as text (decimals stay exact), its groups, and the runs that hold the verdicts."""
    return {
        "attempt_task": attempt_task_id,
        "title": title,
        "language": language,
        "score": str(score.score),
        "passed": score.passed,
        "total": score.total,
        "runs": list(run_ids),
        "groups": [
            {
                "id": group.group,
                "title": group.title,
                "visibility": group.visibility.value,
                "trust": group.trust.value,
                "points": str(group.points),
                "earned": str(group.earned),
                "passed": group.passed,
                "total": group.total,
            }
            for group in score.groups
        ],
    }
