"""One person's attempt, from consent to the end, by the actions that the candidate's page calls."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.access import Candidate
from core.assessments.actions import attempt_runs
from core.assessments.actions.answers import NOTE, save_answer
from core.assessments.actions.attempts import close_attempt, submit_attempt
from core.assessments.actions.start import Consent, Entry, start_attempt
from core.assessments.models import Assessment, Attempt, AttemptDevice, Invitation
from core.assessments.queries.attempts import clock_of
from core.assessments.queries.judging import judge_run
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import hard_end, seal_at
from core.assessments.rules.disclosure import disclosure_in
from core.gateways.runner.port import Outcome
from core.ledger.actions import append_events
from core.ledger.rules import NewEvent
from core.runs.actions import finish_run, take_own_run
from core.runs.models import Run
from core.runs.queries import plan_of
from core.runs.rules.stored_result import result_json
from core.workspaces.queries import files_of
from core.workspaces.recording import record_edits
from evidence.header import Source
from evidence.kinds import Kind
from jobs.demo.answers import answer_to
from jobs.demo.edits import Edit
from jobs.demo.rehearsal import Rehearsed, Try
from jobs.demo.schedule import Schedule, schedule_of
from jobs.demo.stage import current_version
from jobs.demo.typist import Typist

WORKER = "demo"
RECORD_EVERY = 4
PASTE_LETTERS = 400  # an edit that brings more at once counts as pasted
SECONDS = dt.timedelta(seconds=1)


class NotAsRehearsed(RuntimeError):
    """A run would not be the one whose answer is in hand. Nothing of the attempt is kept."""


def drive(session: Session, assessment: Assessment, rehearsed: Rehearsed) -> Attempt:
    """The whole attempt in the caller's transaction: the timetable, which would end it by today's clock, never sees it open."""
    return Person(session, assessment, rehearsed).come()


@dataclass
class Person:
    """Somebody at work: a small state machine around one attempt."""

    session: Session
    assessment: Assessment
    rehearsed: Rehearsed

    def come(self) -> Attempt:
        """Start, work, end."""
        self.schedule = schedule_of(
            self.rehearsed.visit, self.assessment.created_at, len(self.rehearsed.way.edits)
        )
        self.attempt = self._start(self.schedule)
        device_id = self.session.scalars(
            select(AttemptDevice.id).where(AttemptDevice.attempt_id == self.attempt.id)
        ).one()
        self.candidate = Candidate(self.attempt.id, self.attempt.uuid, self.attempt.person_id, device_id)
        self.session.refresh(self.attempt, ["tasks"])
        [self.task] = self.attempt.tasks
        assert self.task.workspace_id is not None
        self.workspace_id = self.task.workspace_id
        self.typist = Typist(self.session, self.workspace_id, device_id)
        self._work()
        self._answer()
        self._end()
        return self.attempt

    def _start(self, schedule: Schedule) -> Attempt:
        visit, version = self.rehearsed.visit, current_version(self.session, self.assessment)
        mine = (Invitation.assessment_id == self.assessment.id, Invitation.email_normalised == visit.email)
        invitation = self.session.scalar(select(Invitation).where(*mine))
        if invitation is not None:
            invitation.opened_at = schedule.started_at - 150 * SECONDS
        entry = Entry(self.assessment, version, invitation, visit.email, verified=False)
        shown = disclosure_in(version.body["manifest"], str)
        consent = Consent(version.manifest_hash, "en", shown.text_hash(), agreed=True)
        languages = {0: self.rehearsed.language}
        return start_attempt(self.session, entry, visit.name, languages, consent, schedule.started_at).attempt

    def _work(self) -> None:
        opened: set[str] = set()
        edits, moments = self.rehearsed.way.edits, self.schedule.edits
        self._runs_after(0, self.schedule.started_at + 60 * SECONDS)
        for number, (edit, at) in enumerate(zip(edits, moments, strict=True)):
            if number == self.schedule.away_before and self.schedule.back_at is not None:
                minutes = self.rehearsed.visit.away_minutes
                self._report(Kind.AWAY, {"duration_ms": minutes * 60_000}, self.schedule.back_at)
            self._edit(edit, at, opened)
            if number % RECORD_EVERY == RECORD_EVERY - 1:
                self._record(at + 5 * SECONDS)
            self._runs_after(number + 1, at + 8 * SECONDS)

    def _edit(self, edit: Edit, at: dt.datetime, opened: set[str]) -> None:
        self.typist.edit(edit, at)
        file_id = self.typist.file_id(edit.path)
        if edit.path not in opened:
            opened.add(edit.path)
            self._report(Kind.OPENED_FILE, {"file": file_id}, at)
        if self.rehearsed.visit.pastes and len(edit.text) > PASTE_LETTERS:
            payload = {"length": len(edit.text), "lines": edit.text.count("\n"), "file": file_id}
            self._report(Kind.PASTED, payload, at)

    def _report(self, kind: Kind, payload: dict[str, object], at: dt.datetime) -> None:
        """What the browser would tell."""
        event = NewEvent(kind, payload, Source.BROWSER, at)
        append_events(self.session, self.attempt.log_id, [event], at, str(uuid.uuid4()))

    def _record(self, at: dt.datetime) -> None:
        record_edits(self.session, self.workspace_id, self.attempt.log_id, at)

    def _runs_after(self, count: int, at: dt.datetime) -> None:
        for tried in self.rehearsed.tries:
            if tried.after == count:
                self._record(at)
                self._run(tried, at)

    def _run(self, tried: Try, at: dt.datetime) -> None:
        """The click, and what the sandbox answered to exactly this plan."""
        files, click = files_of(self.session, self.workspace_id), str(uuid.uuid4())
        if tried.stdin is None:
            runs = attempt_runs.request_public_tests(self.session, self.task, files, at, click)
        else:
            runs = attempt_runs.request_own_run(self.session, self.task, files, tried.stdin, at, click)
        for run, (plan, outcome) in zip(runs, tried.ran, strict=True):
            if plan_of(self.session, run) != plan:
                raise NotAsRehearsed(f"{self.rehearsed.visit.name}: run after {tried.after} edits")
            self._take(run, at + dt.timedelta(milliseconds=sum(outcome.timings.values())), outcome)

    def _take(self, run: Run, at: dt.datetime, outcome: Outcome) -> None:
        verdicts = judge_run(self.session, run, outcome)
        take_own_run(self.session, run, WORKER, run.created_at)
        ended = finish_run(
            self.session, run.id, run.attempt_number, at, result=result_json(outcome), verdicts=verdicts
        )
        attempt_runs.take_result(self.session, ended, at)

    def _answer(self) -> None:
        visit, at = self.rehearsed.visit, self.schedule.answers_from
        follow_ups = body_from_json(self.attempt.version.body).follow_ups
        texts = [(f.key, answer_to(visit.pack, visit.voice, number)) for number, f in enumerate(follow_ups)]
        if visit.waits_for_the_clock:
            texts = texts[:1]
        for key, text in [*texts, (NOTE, visit.note)]:
            if text:
                save_answer(self.session, self.candidate, key, text, 0, at)
                at += 25 * SECONDS

    def _end(self) -> None:
        if not self.rehearsed.visit.waits_for_the_clock:
            submit_attempt(self.session, self.candidate, self.schedule.ends_at)
            return
        clock = clock_of(self.session, self.attempt)
        for moment in (hard_end(clock), seal_at(clock)):
            close_attempt(self.session, self.attempt, moment + 2 * SECONDS)


def has_come(session: Session, assessment: Assessment, name: str, email: str) -> bool:
    """Whether an earlier start has made this attempt."""
    mine = (
        Attempt.assessment_id == assessment.id,
        Attempt.candidate_email == email,
        Attempt.candidate_name == name,
    )
    return session.scalar(select(Attempt.id).where(*mine)) is not None
