"""The state of the workspace page (State in frontend/workspace/contract.ts): one read rebuilds everything live."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.models import Answer, Attempt, AttemptState, AttemptTask
from core.assessments.queries.attempt_runs import run_views
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.clock import Clock, deadline, granted_seconds, hard_end, phase
from core.base.clock import milliseconds
from core.runs.queries import runner_status
from core.runs.rules.readiness import BUILDING, OFF, RunningState
from server.i18n import _

Json = dict[str, Any]


def state_json(session: Session, attempt: Attempt, task: AttemptTask, now: dt.datetime) -> Json:
    """The page's State; ``version`` is the moment it was read, and hints carry the moment of their change."""
    clock = clock_of(session, attempt)
    return {
        "version": milliseconds(now),
        "now": now.isoformat(),
        "status": status_of(attempt, clock, now),
        "clock": clock_json(clock),
        "engine": engine_json(runner_status(session, now), task.language or ""),
        "runs": run_views(session, task),
        "answers": answers_json(session, attempt),
    }


def status_of(attempt: Attempt, clock: Clock, now: dt.datetime) -> str:
    """working, overtime, grace, over or submitted."""
    if attempt.state == AttemptState.SUBMITTED:
        return "submitted"
    if attempt.state == AttemptState.ENDED:
        return "over" if attempt.sealed_at is not None else "grace"
    return phase(clock, now).value


def clock_json(clock: Clock) -> Json:
    """The page's Clock."""
    return {
        "started_at": clock.started_at.isoformat(),
        "limit_seconds": granted_seconds(clock),
        "deadline_at": deadline(clock).isoformat(),
        "policy": clock.policy.value,
        "ends_at": hard_end(clock).isoformat(),
    }


def engine_json(state: RunningState, language: str) -> Json:
    """The page's Engine for one language: ready, building with percent, or off with the reason and the cure."""
    told = state.language(language)
    if state.state == OFF:
        return {"state": "off", "text": f"{_(state.reason)} {_(state.cure)}".strip(), "percent": None}
    if told.state == "preparing" or state.state == BUILDING:
        return {"state": "building", "text": _("Running code is being prepared."), "percent": told.progress}
    if told.state != "ready":
        return {"state": "off", "text": _(told.detail), "percent": None}
    return {"state": "ready", "text": "", "percent": None}


def answers_json(session: Session, attempt: Attempt) -> list[Json]:
    """All answers as they are stored."""
    rows = session.scalars(select(Answer).where(Answer.attempt_id == attempt.id).order_by(Answer.id))
    return [
        {
            "question": row.question,
            "text": row.text,
            "version": row.version,
            "saved_at": row.saved_at.isoformat(),
        }
        for row in rows
    ]
