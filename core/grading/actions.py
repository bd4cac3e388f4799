"""Grading: freeze the files, run every group, make the marks. Asked twice, one result; asked again on purpose, a new round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Role
from core.assessments.models import Assessment, Attempt, AttemptState, AttemptTask
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.clock import over_seconds, worked_seconds
from core.assessments.rules.parts import TimePolicy
from core.assessments.rules.running import meta_of, to_plan, verdicts_from_json
from core.audit.actions import record_audit
from core.base.blobs import get_blobs, put_blobs
from core.base.errors import N_, Conflict, Invalid
from core.base.queue import Job, enqueue
from core.base.realtime import hint
from core.grading.models import Grade, GradedFiles, GradeState
from core.grading.rules.detail import task_detail
from core.grading.rules.marks import marks, mean_score
from core.problems.models import PackVersion
from core.problems.queries.contents import pack_of
from core.problems.rules.pack import Pack
from core.problems.rules.runplan import plan_submission
from core.problems.rules.score import Score, score_tests
from core.runs.actions import request_run
from core.runs.models import Run, RunClass, RunState
from core.runs.queries import count_ended, runs_of_round
from core.runs.rules.lease import SANDBOX_ERROR
from core.workspaces.models import WorkspaceUpdate
from core.workspaces.queries import files_of

SUBJECT = "grade"
MAX_ROUNDS_KEPT = 20
MAX_AUTOMATIC_ROUNDS = 3


def start_grading(session: Session, attempt: Attempt, now: dt.datetime) -> Grade:
    """Grade a finished attempt. Safe to ask twice: only a grade that failed begins a new round.

    Raises Conflict while the attempt is still being worked on.
    """
    grade, is_new = _lock_grade(session, attempt, now)
    if is_new or grade.state == GradeState.FAILED:
        _begin_round(session, attempt, grade, "", now)
    return grade


def regrade(
    session: Session,
    actor: Actor,
    attempt: Attempt,
    reason: str,
    now: dt.datetime,
    *,
    count_late: bool = False,
) -> Grade:
    """Grade again in a new round; earlier marks stay in ``detail["history"]``. Raises Invalid without a reason.

    ``count_late`` takes what arrived within the grace after the end into the files that are graded.
    """
    actor.need(Role.RECRUITER)
    if not reason.strip():
        raise Invalid.one("reason", N_("Say why this is graded again."))
    grade, _ = _lock_grade(session, attempt, now)
    if count_late:
        _take_late_files(session, attempt, now)
    _begin_round(session, attempt, grade, reason.strip()[:300], now)
    record_audit(
        session,
        "submission.regraded",
        organisation_id=attempt.organisation_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        subject_kind="attempt",
        subject_uuid=attempt.uuid,
        subject_name=attempt.candidate_name,
        details={"reason": reason.strip()[:300], "round": grade.round, "count_late": count_late},
        address=actor.origin.address,
        request_id=actor.origin.request_id,
    )
    return grade


def ask_for_missing_grades(session: Session, now: dt.datetime, limit: int = 50) -> int:
    """Ask again where nothing is under way: the job was lost with its worker, or the sandbox failed a minute ago.

    After three failed rounds a person has to ask.
    """
    lost = and_(Grade.id.is_(None), Attempt.finished_at < now - dt.timedelta(seconds=30))
    failed = and_(
        Grade.state == GradeState.FAILED,
        Grade.round < MAX_AUTOMATIC_ROUNDS,
        Grade.error.startswith(SANDBOX_ERROR),
        Grade.graded_at < now - dt.timedelta(seconds=60),
    )
    overdue = (
        select(Attempt.id)
        .outerjoin(Grade, Grade.attempt_id == Attempt.id)
        .where(Attempt.state != AttemptState.WORKING, or_(lost, failed))
        .order_by(Attempt.id)
        .limit(limit)
    )
    ids = session.scalars(overdue).all()
    for attempt_id in ids:
        enqueue(session, Job.GRADE_ATTEMPT, attempt_id)
    return len(ids)


def take_result(session: Session, run: Run, now: dt.datetime) -> None:
    """Count an ended run of the present round; after the last one make the marks."""
    locked = select(Grade).where(Grade.id == run.subject_id).with_for_update()
    grade = session.scalar(locked.execution_options(populate_existing=True))
    if grade is None or run.job["meta"]["round"] != grade.round or grade.state not in _UNDER_WAY:
        return
    ended = count_ended(session, SUBJECT, grade.id, grade.round)
    grade.state = GradeState.RUNNING
    if ended >= grade.detail["runs"]:
        _finish(session, grade, now)
    _tell(session, grade)


_UNDER_WAY = (GradeState.WAITING, GradeState.RUNNING)


def _lock_grade(session: Session, attempt: Attempt, now: dt.datetime) -> tuple[Grade, bool]:
    if attempt.state == AttemptState.WORKING or attempt.finished_at is None:
        raise Conflict(N_("This attempt is still being worked on."), code="not_submitted")
    clock = clock_of(session, attempt)
    over = over_seconds(clock, attempt.finished_at) if clock.policy is TimePolicy.OVERTIME else 0
    worked = worked_seconds(clock, attempt.finished_at)
    row = {
        "attempt_id": attempt.id,
        "assessment_id": attempt.assessment_id,
        "state": GradeState.WAITING,
        "round": 0,
        "worked_seconds": worked,
        "over_seconds": over,
        "detail": {},
        "error": "",
        "created_at": now,
    }
    made = session.execute(insert(Grade).values(row).on_conflict_do_nothing().returning(Grade.id)).first()
    locked = select(Grade).where(Grade.attempt_id == attempt.id).with_for_update()
    grade = session.scalars(locked.execution_options(populate_existing=True)).one()
    # The clock may have been put right since the last round (an outage, a correction by staff).
    grade.worked_seconds, grade.over_seconds = worked, over
    return grade, made is not None


def _begin_round(session: Session, attempt: Attempt, grade: Grade, reason: str, now: dt.datetime) -> None:
    grade.round += 1
    grade.state, grade.error = GradeState.WAITING, ""
    requested = 0
    for task in attempt.tasks:
        requested += _request_task(session, attempt, task, grade, now)
    grade.detail = {**grade.detail, "runs": requested, "reason": reason}
    if requested == 0:
        _fail(grade, N_("There is nothing to grade: the tasks have no tests."), now)
    session.flush()
    _tell(session, grade)


def _request_task(session: Session, attempt: Attempt, task: AttemptTask, grade: Grade, now: dt.datetime) -> int:
    pack = pack_of(session, task.pack_version)
    planned = plan_submission(pack, _language(pack, task), _frozen_files(session, task, now))
    for each in planned:
        meta = {"pack_version": task.pack_version_id, "attempt_task": task.id, "round": grade.round}
        request_run(
            session,
            run_class=RunClass.GRADE,
            purpose="grade",
            subject_kind=SUBJECT,
            subject_id=grade.id,
            owner_key=f"person:{attempt.person_id}",
            topic="",
            organisation_id=attempt.organisation_id,
            plan=to_plan(each),
            now=now,
            meta={**meta_of(each), **meta},
        )
    return len(planned)


def _frozen_files(session: Session, task: AttemptTask, now: dt.datetime) -> dict[str, bytes]:
    """The task's files as they were at the end, stored at the first round and not read anew."""
    kept = session.scalar(select(GradedFiles).where(GradedFiles.attempt_task_id == task.id))
    if kept is not None:
        contents = get_blobs(session, (entry["sha256"] for entry in kept.files.values()))
        return {path: contents[entry["sha256"]] for path, entry in kept.files.items()}
    return _freeze(session, task, GradedFiles(attempt_task_id=task.id), now)


def _take_late_files(session: Session, attempt: Attempt, now: dt.datetime) -> None:
    for task in attempt.tasks:
        kept = session.scalar(select(GradedFiles).where(GradedFiles.attempt_task_id == task.id))
        _freeze(session, task, kept or GradedFiles(attempt_task_id=task.id), now, late=True)


def _freeze(
    session: Session, task: AttemptTask, row: GradedFiles, now: dt.datetime, *, late: bool = False
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if task.workspace_id is not None:
        files = files_of(session, task.workspace_id, late=late)
        row.up_to_update_id = _last_update(session, task.workspace_id, late)
    hashes = put_blobs(session, files.values())
    row.files = {path: {"sha256": key, "size": len(files[path])} for path, key in zip(files, hashes, strict=True)}
    row.frozen_at = now
    session.add(row)
    session.flush()
    return files


def _last_update(session: Session, workspace_id: int, late: bool) -> int | None:
    newest = select(func.max(WorkspaceUpdate.id)).where(WorkspaceUpdate.workspace_id == workspace_id)
    return session.scalar(newest if late else newest.where(WorkspaceUpdate.late.is_(False)))


def _language(pack: Pack, task: AttemptTask) -> str:
    return task.language or pack.languages[0].name


def _finish(session: Session, grade: Grade, now: dt.datetime) -> None:
    runs = runs_of_round(session, SUBJECT, grade.id, grade.round)
    lost = [run.error for run in runs if run.state != RunState.FINISHED]
    scores = {} if lost else _scores(session, grade, runs)
    if lost or any(score.unjudged for score, _ in scores.values()):
        _fail(grade, lost[0] if lost else SANDBOX_ERROR, now)
        return
    made = marks(mean_score([score.score for score, _ in scores.values()]), grade.over_seconds)
    grade.raw, grade.deduction, grade.final = made.raw, made.deduction, made.final
    grade.tests_passed = sum(score.passed for score, _ in scores.values())
    grade.tests_total = sum(score.total for score, _ in scores.values())
    grade.state, grade.error, grade.graded_at = GradeState.DONE, "", now
    grade.detail = {
        **grade.detail,
        "tasks": [detail for _, detail in scores.values()],
        "history": [*grade.detail.get("history", []), _entry(grade, now)][-MAX_ROUNDS_KEPT:],
    }


def _scores(session: Session, grade: Grade, runs: Sequence[Run]) -> dict[int, tuple[Score, dict[str, Any]]]:
    """Score and stored detail of each task, in the order of the tasks."""
    found = {}
    query = select(AttemptTask).where(AttemptTask.attempt_id == grade.attempt_id)
    for task in session.scalars(query.order_by(AttemptTask.position)):
        pack = pack_of(session, session.get_one(PackVersion, task.pack_version_id))
        mine = [run for run in runs if run.job["meta"]["attempt_task"] == task.id]
        verdicts = [verdict for run in mine for verdict in verdicts_from_json(run.verdicts)]
        score = score_tests(pack.groups_for(_language(pack, task)), verdicts)
        found[task.id] = (score, task_detail(task.id, pack.title, _language(pack, task), score, [r.id for r in mine]))
    return found


def _entry(grade: Grade, now: dt.datetime) -> dict[str, Any]:
    return {
        "round": grade.round,
        "at": now.isoformat(),
        "reason": grade.detail.get("reason", ""),
        "raw": str(grade.raw),
        "deduction": str(grade.deduction),
        "final": str(grade.final),
        "passed": grade.tests_passed,
        "total": grade.tests_total,
    }


def _fail(grade: Grade, error: str, now: dt.datetime) -> None:
    """Earlier marks, if any, stay: a sandbox that fails today takes nothing away."""
    grade.state, grade.error, grade.graded_at = GradeState.FAILED, (error or SANDBOX_ERROR)[:300], now


def _tell(session: Session, grade: Grade) -> None:
    session.flush()
    rows = select(Assessment.uuid, Attempt.uuid).join(Attempt, Attempt.assessment_id == Assessment.id)
    assessment, attempt = session.execute(rows.where(Attempt.id == grade.attempt_id)).one()
    for room in (f"assessment:{assessment}", f"attempt:{attempt}"):
        hint(session, room, "grade.changed", attempt=str(attempt), state=str(grade.state))
