"""The grade of an attempt, for staff: marks, groups, every case. Hidden cases show their name and verdict only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.models import AttemptTask
from core.base.blobs import get_blobs
from core.grading.models import Grade, GradedFiles
from core.problems.models import PackVersion
from core.problems.queries.contents import pack_of
from core.problems.rules.kinds import Visibility
from core.problems.rules.pack import Pack, TestCase, TestGroup
from core.runs.models import Run
from core.runs.rules.stored_result import text_of

SHOWN_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case. Texts are None for hidden cases and where a test framework, not an output, decided."""

    title: str
    status: str
    message: str = ""
    stdin: str | None = None
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group with its points, and how far its results can be trusted (decision 21)."""

    title: str
    visibility: str
    trust: str
    points: str
    earned: str
    passed: int
    total: int
    cases: tuple[CaseResult, ...]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task: ``score`` 0-10 as text."""

    attempt_task_id: int
    title: str
    language: str
    score: str
    passed: int
    total: int
    build_error: str
    groups: tuple[GroupResult, ...]


def find_grade(session: Session, attempt_id: int) -> Grade | None:
    """The grade row of an attempt, None before it was asked for."""
    return session.scalar(select(Grade).where(Grade.attempt_id == attempt_id))


def graded_files(session: Session, attempt_task_id: int) -> dict[str, bytes]:
    """The files as they were graded; empty before the first grading."""
    kept = session.scalar(select(GradedFiles).where(GradedFiles.attempt_task_id == attempt_task_id))
    if kept is None:
        return {}
    contents = get_blobs(session, (entry["sha256"] for entry in kept.files.values()))
    return {path: contents[entry["sha256"]] for path, entry in kept.files.items()}


def task_results(session: Session, grade: Grade) -> list[TaskResult]:
    """Every task with every group and case; empty until graded. For staff: a candidate sees none of this."""
    stored = grade.detail.get("tasks", [])
    run_ids = [run_id for task in stored for run_id in task["runs"]]
    runs = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(run_ids)))}
    rows = session.execute(
        select(AttemptTask.id, PackVersion)
        .join(PackVersion, PackVersion.id == AttemptTask.pack_version_id)
        .where(AttemptTask.attempt_id == grade.attempt_id)
    )
    versions = {row[0]: row[1] for row in rows}
    return [
        _task(pack_of(session, versions[task["attempt_task"]]), task, [runs[i] for i in task["runs"] if i in runs])
        for task in stored
    ]


def _task(pack: Pack, stored: Mapping[str, Any], runs: list[Run]) -> TaskResult:
    verdicts = {(v["group"], v["case"]): (v, run) for run in runs for v in run.verdicts or ()}
    return TaskResult(
        attempt_task_id=stored["attempt_task"],
        title=stored["title"],
        language=stored["language"],
        score=stored["score"],
        passed=stored["passed"],
        total=stored["total"],
        build_error=next((text for run in runs if (text := _build_error(run))), ""),
        groups=tuple(_group(pack.group(group["id"]), group, verdicts) for group in stored["groups"]),
    )


def _build_error(run: Run) -> str:
    build = (run.result or {}).get("build")
    return (build["stderr"] or build["stdout"])[:SHOWN_BYTES] if build and build["status"] != "ok" else ""


def _group(
    group: TestGroup, stored: Mapping[str, Any], verdicts: Mapping[tuple[str, str], tuple[dict[str, Any], Run]]
) -> GroupResult:
    return GroupResult(
        title=stored["title"],
        visibility=stored["visibility"],
        trust=stored["trust"],
        points=stored["points"],
        earned=stored["earned"],
        passed=stored["passed"],
        total=stored["total"],
        cases=tuple(_case(group, case, verdicts.get((group.id, case.id))) for case in group.cases),
    )


def _case(group: TestGroup, case: TestCase, found: tuple[dict[str, Any], Run] | None) -> CaseResult:
    title = case.title or case.id
    if found is None:
        return CaseResult(title, "not_run")
    verdict, run = found
    if group.visibility is Visibility.HIDDEN:
        return CaseResult(title, verdict["status"])
    if case.name:
        return CaseResult(title, verdict["status"], verdict["message"])
    done = {test["id"]: test for test in (run.result or {}).get("tests", ())}
    shown = done.get(f"{group.id}:{case.id}")
    return CaseResult(
        title,
        verdict["status"],
        verdict["message"],
        stdin=text_of(case.stdin, SHOWN_BYTES),
        expected=text_of(case.expected, SHOWN_BYTES),
        actual=shown["stdout"][:SHOWN_BYTES] if shown else None,
    )
