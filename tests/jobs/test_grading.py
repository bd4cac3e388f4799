"""Grading through the real jobs and the real sandbox: once however often asked, exact, honest about failures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.accounts.models import Organisation
from core.assessments.models import Attempt, AttemptState
from core.audit.models import AuditEvent
from core.base.clock import utc_now
from core.base.errors import Conflict, Invalid
from core.base.queue import Job
from core.gateways.runner.port import RunnerUnavailable
from core.grading.actions import ask_for_missing_grades, regrade
from core.grading.models import Grade, GradedFiles, GradeState
from core.grading.queries import find_grade, graded_files, task_results
from core.runs.models import Run, RunState
from jobs.grading import grade_attempt
from jobs.runs import wake_grade
from tests.core.problems.sample import IO_FILES
from tests.factories import NOW, make_member
from tests.jobs.rows import MUTANT, REFERENCE, make_work
from tests.jobs.test_runs import Broken

pytestmark = pytest.mark.engine
OVERTIME = {"time": {"limit_minutes": 60, "policy": "overtime"}}


def finished(wiring, program=REFERENCE, minutes=50, **values) -> int:
    with wiring.database.unit_of_work() as session:
        attempt, _ = make_work(session, program, **values)
        attempt.state = AttemptState.SUBMITTED
        attempt.finished_at = NOW + dt.timedelta(minutes=minutes)
        return attempt.id


def grade_of(wiring, attempt_id) -> Grade:
    with wiring.database.unit_of_work() as session:
        grade = find_grade(session, attempt_id)
        assert grade is not None
        return grade


def count(wiring, column) -> int:
    with wiring.database.reading() as session:
        return session.scalar(select(func.count(column))) or 0


def test_a_right_solution_gets_all_and_a_wrong_one_less(wiring, hints):
    right, wrong = finished(wiring), finished(wiring, MUTANT)
    for attempt_id in (right, wrong):
        grade_attempt(attempt_id)
    assert grade_of(wiring, right).state == GradeState.WAITING
    wake_grade()
    full, poor = grade_of(wiring, right), grade_of(wiring, wrong)
    assert (full.state, full.raw, full.deduction, full.final) == ("done", Decimal(10), Decimal(0), Decimal(10))
    assert (full.tests_passed, full.tests_total, full.worked_seconds) == (4, 4, 3000)
    # Of the hidden cases 5-6, 2-2 and -1-1 none is right; neither is the sample.
    assert (poor.state, poor.final, poor.tests_passed) == ("done", Decimal(0), 0)
    told = {(room.split(":")[0], data["state"]) for event, room, data in hints if event == "grade.changed"}
    assert told == {(room, state) for room in ("assessment", "attempt") for state in ("waiting", "done")}


def test_asked_twice_graded_once(wiring):
    attempt_id = finished(wiring)
    for _ in range(3):
        grade_attempt(attempt_id)
    wake_grade()
    done = grade_of(wiring, attempt_id)
    grade_attempt(attempt_id)
    wake_grade()
    assert (count(wiring, Run.id), count(wiring, Grade.id), count(wiring, GradedFiles.id)) == (1, 1, 1)
    again = grade_of(wiring, attempt_id)
    assert (again.round, again.graded_at, again.final) == (1, done.graded_at, done.final)


def test_overtime_is_taken_off_once(wiring):
    attempt_id = finished(wiring, minutes=67, body=OVERTIME)
    grade_attempt(attempt_id)
    wake_grade()
    grade = grade_of(wiring, attempt_id)
    assert (grade.raw, grade.deduction, grade.final, grade.over_seconds) == (
        Decimal(10), Decimal("0.245"), Decimal("9.76"), 420,
    )  # fmt: skip


def test_an_arrangement_comes_before_any_deduction(wiring):
    attempt_id = finished(wiring, minutes=67, body=OVERTIME, multiplier=Decimal("1.25"))
    grade_attempt(attempt_id)
    wake_grade()
    assert grade_of(wiring, attempt_id).deduction == 0


def test_what_staff_see_of_it(wiring):
    attempt_id = finished(wiring, MUTANT)
    grade_attempt(attempt_id)
    with wiring.database.reading() as session:
        assert task_results(session, session.scalars(select(Grade)).one()) == []
    wake_grade()
    with wiring.database.reading() as session:
        [task] = task_results(session, session.scalars(select(Grade)).one())
        assert graded_files(session, task.attempt_task_id) == {"main.py": MUTANT}
    public, hidden = task.groups
    assert (public.visibility, public.trust, hidden.visibility) == ("public", "out_of_process", "hidden")
    [sample] = public.cases
    assert (sample.status, sample.stdin, sample.expected, sample.actual) == ("wrong", "1 2", "3", "-1\n")
    assert len(hidden.cases) == 3
    for case in hidden.cases:
        assert (case.status, case.message, case.stdin, case.expected, case.actual) == ("wrong", "", None, None, None)


@pytest.mark.parametrize(("path", "said"), [("main.cpp", "error: expected"), ("notes.txt", "must hold")])
def test_a_program_that_is_missing_or_does_not_build_scores_nothing_and_says_why(wiring, path, said):
    with wiring.database.unit_of_work() as session:
        attempt, task = make_work(session, b"int main( {", IO_FILES, path=path)
        attempt.state, attempt.finished_at, task.language = AttemptState.SUBMITTED, NOW, "cpp"
        attempt_id = attempt.id
    grade_attempt(attempt_id)
    wake_grade()
    grade = grade_of(wiring, attempt_id)
    assert (grade.state, grade.final, grade.tests_passed, grade.tests_total) == ("done", Decimal(0), 0, 4)
    with wiring.database.reading() as session:
        [task] = task_results(session, session.scalars(select(Grade)).one())
    assert said in task.build_error
    assert {case.status for group in task.groups for case in group.cases} == {"build_error"}


def test_a_sandbox_error_is_no_score_and_can_be_asked_again(wiring):
    attempt_id = finished(wiring)
    real = wiring.runner
    wiring.__dict__["runner"] = Broken(wiring, RunnerUnavailable("gone"))
    grade_attempt(attempt_id)
    wake_grade()
    failed = grade_of(wiring, attempt_id)
    assert (failed.state, failed.final, failed.tests_passed) == ("failed", None, None)
    assert "gone" in failed.error
    wiring.__dict__["runner"] = real
    grade_attempt(attempt_id)
    wake_grade()
    again = grade_of(wiring, attempt_id)
    assert (again.state, again.final, again.round, again.error) == ("done", Decimal(10), 2, "")


def test_grading_again_keeps_the_history_and_the_files(wiring):
    attempt_id = finished(wiring, MUTANT)
    grade_attempt(attempt_id)
    wake_grade()
    with wiring.database.unit_of_work() as session:
        attempt = session.get_one(Attempt, attempt_id)
        actor = make_member(session, session.get_one(Organisation, attempt.organisation_id))
        with pytest.raises(Invalid):
            regrade(session, actor, attempt, " ", utc_now())
        regrade(session, actor, attempt, "The tests were mended.", utc_now())
    wake_grade()
    grade = grade_of(wiring, attempt_id)
    assert (grade.state, grade.round) == ("done", 2)
    assert [(h["round"], h["reason"], h["final"]) for h in grade.detail["history"]] == [
        (1, "", "0.00"), (2, "The tests were mended.", "0.00"),
    ]  # fmt: skip
    assert count(wiring, GradedFiles.id) == 1
    with wiring.database.reading() as session:
        assert session.scalars(select(AuditEvent.kind)).all() == ["submission.regraded"]


def test_a_result_of_an_earlier_round_changes_nothing(wiring):
    attempt_id = finished(wiring)
    grade_attempt(attempt_id)
    with wiring.database.unit_of_work() as session:
        attempt = session.get_one(Attempt, attempt_id)
        actor = make_member(session, session.get_one(Organisation, attempt.organisation_id))
        regrade(session, actor, attempt, "Asked again before the first was done.", utc_now())
    wake_grade()
    grade = grade_of(wiring, attempt_id)
    assert (grade.state, grade.round, grade.final) == ("done", 2, Decimal(10))
    assert [entry["round"] for entry in grade.detail["history"]] == [2]
    with wiring.database.reading() as session:
        assert set(session.scalars(select(Run.state))) == {RunState.FINISHED}


def test_nothing_is_graded_while_somebody_works(wiring):
    with wiring.database.unit_of_work() as session:
        attempt_id = make_work(session)[0].id
    with pytest.raises(Conflict):
        grade_attempt(attempt_id)
    assert count(wiring, Grade.id) == 0


def test_a_grade_whose_job_was_lost_is_asked_for_again(wiring, jobs):
    attempt_id = finished(wiring)
    with wiring.database.unit_of_work() as session:
        assert ask_for_missing_grades(session, NOW + dt.timedelta(minutes=50, seconds=29)) == 0
        assert ask_for_missing_grades(session, NOW + dt.timedelta(minutes=51)) == 1
    assert (Job.GRADE_ATTEMPT, [attempt_id]) in jobs


