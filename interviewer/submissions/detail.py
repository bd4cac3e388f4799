"""What the panel and the page of one submission show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.assessments.models import Assessment, Attempt, AttemptTask
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.body import body_from_json
from core.grading.queries import TaskResult, find_grade, graded_files, task_results
from core.ledger.queries import timeline_of
from core.problems.language_names import language_name
from core.problems.queries.contents import pack_of, starter_files
from core.review.queries.one import answers_of, choice_of, decisions_of, notes_of
from core.review.queries.rows import finals_of
from core.workspaces.queries import files_of
from interviewer.submissions.timeline import lanes_of, moments_of
from server.code import Diff, compare
from server.markdown import markdown

MAX_SHOWN = 200_000


@dataclass(frozen=True)
class FileView:
    """One final file: its text (None for a binary one), and what changed against the starter (None when nothing)."""

    path: str
    text: str | None
    size: int
    diff: Diff | None
    state: str  # "added", "changed", "same" or "deleted"


@dataclass(frozen=True)
class TaskView:
    """One task of a submission as its page shows it."""

    title: str
    language: str
    statement: Any
    files: list[FileView]
    tests: TaskResult | None


def panel_values(session: Session, attempt: Attempt) -> dict[str, Any]:
    """The panel: how the score was made, where it stands, the newest notes."""
    grade = find_grade(session, attempt.id)
    finals = finals_of(session, attempt.assessment_id)
    final = None if grade is None else grade.final
    return {
        "attempt": attempt,
        "assessment": session.get_one(Assessment, attempt.assessment_id),
        "grade": grade,
        "choice": choice_of(session, attempt.id),
        "finals": [float(value) for value in finals],
        "higher_than": share_below(finals, final),
        "notes": notes_of(session, attempt.id),
        "answers": answers_of(session, attempt.id),
        "body": body_from_json(attempt.version.body),
        "clock": clock_of(session, attempt),
    }


def detail_values(session: Session, attempt: Attempt) -> dict[str, Any]:
    """The page: everything of the panel, and the work itself."""
    timeline = timeline_of(session, attempt.log_id)
    grade = find_grade(session, attempt.id)
    results = {} if grade is None else {task.attempt_task_id: task for task in task_results(session, grade)}
    return {
        **panel_values(session, attempt),
        "tasks": [task_view(session, task, results.get(task.id)) for task in attempt.tasks],
        "lanes_data": lanes_of(timeline, attempt),
        "length_seconds": (attempt.finished_at or attempt.started_at).timestamp()
        - attempt.started_at.timestamp(),
        "texts": {answer.question: answer.text for answer in answers_of(session, attempt.id)},
        "moments": moments_of(timeline, attempt),
        "decisions": decisions_of(session, attempt.id),
    }


def share_below(finals: list[Decimal], final: Decimal | None) -> int | None:
    """Percent of the other submissions with a lower final score; None without a score or without others."""
    if final is None or len(finals) < 2:
        return None
    return round(100 * sum(other < final for other in finals) / (len(finals) - 1))


def task_view(session: Session, task: AttemptTask, tests: TaskResult | None) -> TaskView:
    """One task with its final files against the starter files."""
    version, language = task.pack_version, task.language or ""
    final = graded_files(session, task.id) or (
        files_of(session, task.workspace_id) if task.workspace_id else {}
    )
    starter = dict(starter_files(session, version, language))
    return TaskView(
        title=version.manifest["title"],
        language=language_name(language),
        statement=markdown(pack_of(session, version).statement),
        files=[file_view(path, final.get(path), starter.get(path)) for path in sorted(final | starter)],
        tests=tests,
    )


def file_view(path: str, final: bytes | None, starter: bytes | None) -> FileView:
    """One path of the final files, the starter files, or both."""
    content = final if final is not None else b""
    text, before = as_text(content), as_text(starter or b"")
    state = (
        "deleted"
        if final is None
        else "added"
        if starter is None
        else "same"
        if final == starter
        else "changed"
    )
    diff = (
        compare(before, text)
        if state in ("changed", "deleted") and text is not None and before is not None
        else None
    )
    return FileView(path, text, len(content), diff, state)


def as_text(content: bytes) -> str | None:
    """The beginning of a text file, or None for a binary one."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text[:MAX_SHOWN]
