"""How attempts end: nobody loses time to an outage, no edit is left out of the record, and only what is due is locked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core.assessments.access import Candidate
from core.assessments.actions import attempts
from core.assessments.actions.attempts import apply_outages, close_due, settle, submit_attempt
from core.assessments.models import Attempt, AttemptState, AttemptTask, TimeAdjustment
from core.base.heartbeats import WEB, Heartbeat, Outage, beat
from core.ledger.models import EvidenceEvent, EvidenceLog
from core.workspaces.actions import apply_update, create_workspace
from tests.core.workspaces.pages import Page
from tests.factories import NOW, make_assessment, make_attempt, make_organisation, make_pack_version

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
END = NOW + 60 * MINUTE
KINDS = [{"kind": kind, "why": "shows work", "keep_days": 30} for kind in ("edited", "ran")]


def make_work(session: Session, parts: int = 1, **body: Any) -> Attempt:
    manifest = {"version": 1, "kinds": KINDS}
    attempt = make_attempt(session, make_assessment(session, make_organisation(session), manifest=manifest, **body))
    for position in range(parts):
        workspace = create_workspace(session, attempt.organisation_id, {"main.py": b""}, (), NOW)
        version = make_pack_version(session)
        session.add(
            AttemptTask(attempt_id=attempt.id, position=position, pack_version_id=version.id,
                        language="python", workspace_id=workspace.id)
        )  # fmt: skip
    session.flush()
    session.refresh(attempt)
    return attempt


def candidate_of(attempt: Attempt) -> Candidate:
    return Candidate(attempt.id, attempt.uuid, attempt.person_id, 1)


def type_into(session: Session, attempt: Attempt, part: int, at: dt.datetime) -> None:
    workspace_id = attempt.tasks[part].workspace_id
    assert workspace_id is not None
    page = Page(100 + part)
    page.add(f"part{part}.py", "print(1)", f"id{part}")
    for number, update in enumerate(page.outbox):
        apply_update(session, workspace_id, f"b{part}-{number}", "device:1", update, at)


def kinds(session: Session, attempt: Attempt) -> list[tuple[str, Any]]:
    rows = session.scalars(
        select(EvidenceEvent).where(EvidenceEvent.log_id == attempt.log_id).order_by(EvidenceEvent.seq)
    )
    return [(row.kind, row.payload) for row in rows]


def test_an_outage_over_the_deadline_ends_nobody(session: Session) -> None:
    attempt = make_work(session)
    beat(session, WEB, END - MINUTE, starting=True)
    back = END + 2 * MINUTE
    assert close_due(session, back) == 0, "the web is away: it cannot be known yet how much is owed"
    assert settle(session, candidate_of(attempt), back).state == AttemptState.WORKING
    assert beat(session, WEB, back, starting=True) is not None
    assert close_due(session, back) == 0, "the outage is noted, not yet paid out"
    assert settle(session, candidate_of(attempt), back + 30 * SECOND).state == AttemptState.WORKING
    assert apply_outages(session, back) == 1
    assert attempt.state == AttemptState.WORKING
    session.get_one(Heartbeat, WEB).at = END + 3 * MINUTE
    assert close_due(session, END + 3 * MINUTE - SECOND) == 0
    assert close_due(session, END + 3 * MINUTE) == 1


def test_who_hands_in_before_the_outage_is_paid_out_gets_it_too(session: Session) -> None:
    attempt = make_work(session, time={"limit_minutes": 60, "policy": "overtime"})
    session.add(Outage(began_at=END - MINUTE, ended_at=END + MINUTE))
    submit_attempt(session, candidate_of(attempt), END + MINUTE + SECOND)
    assert apply_outages(session, END + MINUTE + 2 * SECOND) == 1
    assert session.scalars(select(TimeAdjustment.seconds)).all() == [120], "once, and not again after the end"


def test_edits_of_the_last_seconds_of_the_grace_stand_in_the_record(session: Session) -> None:
    attempt = make_work(session)
    assert close_due(session, END) == 1
    type_into(session, attempt, 0, END + 9 * MINUTE)
    assert close_due(session, END + 10 * MINUTE) == 1
    found = kinds(session, attempt)
    assert [kind for kind, _ in found] == ["ended_by_clock", "received_late", "sealed"]
    assert found[1][1]["kind"] == "edited"


def test_all_workspaces_are_locked_before_the_log(session: Session) -> None:
    attempt = make_work(session, parts=2)
    for part in range(2):
        type_into(session, attempt, part, NOW + MINUTE)
    locked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "FOR UPDATE" in statement:
            locked.append(statement.split("FROM ")[1].split()[0])

    event.listen(session.connection(), "before_cursor_execute", note)
    submit_attempt(session, candidate_of(attempt), NOW + 2 * MINUTE)
    order = list(dict.fromkeys(locked))
    assert order == ["attempts", "workspaces", "evidence_logs"]
    first_log = locked.index("evidence_logs")
    assert locked[:first_log].count("workspaces") >= 2
    assert [kind for kind, _ in kinds(session, attempt)] == ["edited", "edited", "submitted", "sealed"]


def test_looking_for_what_is_due_costs_the_same_for_many_and_locks_none(session: Session) -> None:
    for _ in range(12):
        make_work(session)
    asked: list[str] = []
    event.listen(
        session.connection(), "before_cursor_execute", lambda c, k, statement, *rest: asked.append(statement)
    )
    assert close_due(session, NOW + MINUTE) == 0
    assert len(asked) == 3
    assert not any("FOR UPDATE" in statement for statement in asked)


def test_one_attempt_that_cannot_end_keeps_no_other_open(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = make_work(session), make_work(session)
    end = attempts.end_by_clock

    def ends(session: Session, attempt: Attempt, now: dt.datetime) -> Attempt:
        if attempt.id == broken.id:
            raise RuntimeError("a fault")
        return end(session, attempt, now)

    monkeypatch.setattr(attempts, "end_by_clock", ends)
    assert close_due(session, END) == 1
    session.expire_all()
    assert (broken.state, good.state) == (AttemptState.WORKING, AttemptState.ENDED)
    assert session.scalar(select(func.count()).select_from(EvidenceLog)) == 2
