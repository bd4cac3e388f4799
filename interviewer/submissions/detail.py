"""What the panel and the page of one submission show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.assessments.models import Assessment, Attempt, AttemptTask
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.body import body_from_json
from core.grading.queries import TaskResult, find_grade, graded_files, task_results
from core.ledger.queries import MAX_PAGE, TimelineEntry, timeline_of
from core.problems.language_names import language_name
from core.problems.queries.contents import pack_of, starter_files
from core.review.queries.one import answers_of, choice_of, decisions_of, notes_of
from core.review.queries.rows import finals_of
from core.workspaces.queries import files_of
from interviewer.submissions.timeline import lanes_of, moments_of
from server.code import MAX_LINES, Diff, compare
from server.markdown import markdown

MAX_SHOWN = 200_000  # characters of one file
# Of one page. What a candidate hands in decides how long it takes to draw, and nobody else is served meanwhile: colours
# cost about two seconds for 100,000 characters, plain text next to nothing.
MAX_COLOURED = 60_000
MAX_DRAWN = 2_000_000
MAX_MOMENTS = 5000


@dataclass(frozen=True)
class FileView:
    """One final file: its text (None for a binary one), and what changed against the starter (None when nothing).

    ``lexer`` names the colours ("text" for none); ``is_cut`` and ``is_left_out`` say what of the text is not drawn.
    """

    path: str
    text: str | None
    size: int
    diff: Diff | None
    state: str  # "added", "changed", "same" or "deleted"
    lexer: str = "text"
    is_cut: bool = False
    is_left_out: bool = False


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
    timeline = whole_timeline(session, attempt)
    grade = find_grade(session, attempt.id)
    results = {} if grade is None else {task.attempt_task_id: task for task in task_results(session, grade)}
    return {
        **panel_values(session, attempt),
        "tasks": bounded([task_view(session, task, results.get(task.id)) for task in attempt.tasks]),
        "lanes_data": lanes_of(timeline, attempt),
        "length_seconds": (attempt.finished_at or attempt.started_at).timestamp()
        - attempt.started_at.timestamp(),
        "texts": {answer.question: answer.text for answer in answers_of(session, attempt.id)},
        "moments": moments_of(timeline, attempt),
        "timeline_is_cut": len(timeline) >= MAX_MOMENTS,
        "decisions": decisions_of(session, attempt.id),
    }


def whole_timeline(session: Session, attempt: Attempt) -> list[TimelineEntry]:
    """The record in order, at most MAX_MOMENTS entries of it."""
    found: list[TimelineEntry] = []
    while len(found) < MAX_MOMENTS:
        part = timeline_of(session, attempt.log_id, found[-1].seq if found else -1)
        found += part
        if len(part) < MAX_PAGE:
            break
    return found[:MAX_MOMENTS]


def bounded(tasks: list[TaskView]) -> list[TaskView]:
    """The tasks with as much colour and text as one page bears; what somebody wrote comes before what was given."""
    drawn = 0
    fitted: dict[int, FileView] = {}
    for file in sorted((file for task in tasks for file in task.files), key=lambda file: file.state == "same"):
        # A changed file is drawn twice, as the changes and whole.
        drawn += len(file.text or "") * (2 if file.diff else 1)
        if drawn > MAX_DRAWN:
            fitted[id(file)] = replace(file, text="", diff=None, is_left_out=bool(file.text))
        else:
            fitted[id(file)] = replace(file, lexer=file.path if drawn <= MAX_COLOURED else "text")
    return [replace(task, files=[fitted[id(file)] for file in task.files]) for task in tasks]


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
    is_cut = text is not None and (text.count("\n") > MAX_LINES or len(text) == MAX_SHOWN)
    return FileView(path, text, len(content), diff, state, is_cut=is_cut)


def as_text(content: bytes) -> str | None:
    """The beginning of a text file, or None for a binary one."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text[:MAX_SHOWN]
