"""A candidate's own runs: with own input, or of the public tests. One click of the page is one request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptTask
from core.assessments.queries.attempt_runs import runs_of_click
from core.assessments.rules.running import can_run_own, meta_of, own_plan, to_plan
from core.base.errors import N_, Invalid, NotFound, TooMany, Unavailable
from core.gateways.runner.port import Plan
from core.ledger.actions import append_events
from core.ledger.errors import LogSealed
from core.ledger.rules import NewEvent
from core.problems.queries.contents import pack_of
from core.problems.rules.kinds import Status, Visibility
from core.problems.rules.runplan import plan_submission
from core.runs.actions import cancel_run, request_run
from core.runs.models import Run, RunClass
from core.runs.queries import count_open, runner_status
from core.runs.rules.lease import FINISHED
from core.runs.rules.readiness import RunningState
from evidence.kinds import Kind

SUBJECT = "attempt_task"
OWN, PUBLIC = "own", "public"
MAX_OPEN = 3
MAX_STDIN = 64 * 1024
Files = Mapping[str, bytes]


def request_own_run(
    session: Session, task: AttemptTask, files: Files, stdin: str, now: dt.datetime, click: str = ""
) -> list[Run]:
    """Run the program with this input. The same ``click`` twice is one run.

    Raises Invalid (input too long, nothing to run), TooMany (three wait already), Unavailable (``engine_off``).
    """
    pack = pack_of(session, task.pack_version)
    if not can_run_own(pack, _language(task)):
        raise Invalid.one("kind", N_("This task has no program to run by itself; run its tests instead."))
    data = stdin.encode("utf-8", "replace")
    if len(data) > MAX_STDIN:
        raise Invalid.one("stdin", N_("The input may have at most %(limit)s bytes."), limit=MAX_STDIN)
    known = runs_of_click(session, task.id, click)
    if known:
        return known
    plan = own_plan(pack, _language(task), files, data)
    _check_room(session, task, plan, now)
    return [_request(session, task, OWN, plan, {"click": click}, now)]


def request_public_tests(
    session: Session, task: AttemptTask, files: Files, now: dt.datetime, click: str = ""
) -> list[Run]:
    """Run the public tests: one run, or one for each public group of a project. The same ``click`` twice is one request.

    Raises Invalid (no public tests), TooMany (three wait already), Unavailable (``engine_off``).
    """
    pack = pack_of(session, task.pack_version)
    planned = plan_submission(pack, _language(task), files, visibility=Visibility.PUBLIC)
    if not planned:
        raise Invalid.one("kind", N_("This task has no public tests in this language."))
    known = runs_of_click(session, task.id, click)
    if known:
        return known
    plans = [(to_plan(each), meta_of(each)) for each in planned]
    for plan, _ in plans:
        _check_room(session, task, plan, now)
    extra = {"click": click, "pack_version": task.pack_version_id}
    return [_request(session, task, PUBLIC, plan, {**meta, **extra}, now) for plan, meta in plans]


def cancel_own_run(session: Session, task: AttemptTask, run: Run, now: dt.datetime) -> None:
    """Stop what one click began; what has ended stays. Raises NotFound for a run of another task."""
    if (run.subject_kind, run.subject_id) != (SUBJECT, task.id):
        raise NotFound
    for each in runs_of_click(session, task.id, run.job["meta"]["click"]) or [run]:
        cancel_run(session, each, now)


def take_result(session: Session, run: Run, now: dt.datetime) -> None:
    """Record an ended run in the attempt's log. After the seal the run is still shown, but no longer recorded."""
    task = session.get_one(AttemptTask, run.subject_id)
    attempt = session.get_one(Attempt, task.attempt_id)
    payload: dict[str, Any] = {"run": str(run.uuid), "purpose": run.purpose, "state": str(run.state)}
    if run.state == FINISHED and run.verdicts is not None:
        passed = sum(verdict["status"] == Status.OK for verdict in run.verdicts)
        payload |= {"passed": passed, "total": len(run.verdicts)}
    try:
        append_events(session, attempt.log_id, [NewEvent(Kind.RAN, payload)], now)
    except LogSealed:
        return


def _language(task: AttemptTask) -> str:
    if task.language is None:
        raise Invalid.one("language", N_("Choose a language first."))
    return task.language


def _check_room(session: Session, task: AttemptTask, plan: Plan, now: dt.datetime) -> None:
    state = runner_status(session, now)
    for language in plan.languages:
        if not state.can_run(language):
            raise engine_off(state, language)
    if count_open(session, SUBJECT, task.id) >= MAX_OPEN:
        raise TooMany(5, N_("Three runs wait already. Let one finish or stop it first."), code="runs_waiting")


def engine_off(state: RunningState, language: str) -> Unavailable:
    """Why nothing runs now, as an error with the stable code ``engine_off``."""
    told = state.language(language)
    if state.state == "off":
        reason, cure = state.reason, state.cure
    elif told.state == "preparing":
        reason, cure = N_("This language is being prepared."), f"{told.progress} %"
    else:
        reason, cure = told.detail, ""
    return Unavailable("runner", "%(reason)s %(cure)s", code="engine_off", reason=reason, cure=cure)


def _request(
    session: Session, task: AttemptTask, purpose: str, plan: Plan, meta: dict[str, Any], now: dt.datetime
) -> Run:
    attempt = session.get_one(Attempt, task.attempt_id)
    return request_run(
        session,
        run_class=RunClass.RUN,
        purpose=purpose,
        subject_kind=SUBJECT,
        subject_id=task.id,
        owner_key=f"person:{attempt.person_id}",
        topic=f"attempt:{attempt.uuid}",
        organisation_id=attempt.organisation_id,
        plan=plan,
        now=now,
        meta=meta,
    )

