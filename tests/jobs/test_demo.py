"""The example organisation: made by real actions and runs, continued after a break, and taken away without a trace."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from core.accounts.actions.signing_in import find_account
from core.accounts.models import Organisation, Password, Person, Role
from core.accounts.passwords import password_matches
from core.accounts.queries import some_organisation_exists
from core.assessments.models import Assessment, Attempt, AttemptState, Invitation, Proof, ProofState
from core.base.blobs import Blob
from core.base.clock import utc_now
from core.base.queue import Job
from core.grading.models import Grade
from core.grading.queries import graded_files
from core.ledger.models import EvidenceEvent
from core.ledger.queries import get_log
from core.problems.actions.shipped import load_shipped_packs
from core.problems.models import Pack
from core.review.models import Decision, ReviewNote
from core.runs.actions import put_runner_status
from core.runs.models import Run, RunState
from core.runs.queries import last_runner_state
from core.runs.rules.readiness import toolchain_of
from core.tables import metadata
from jobs.demo import cast
from jobs.demo.cast import SHOWS, VISITS, logs, payouts
from jobs.demo.make import Maker
from jobs.demo.removal import remove_example
from jobs.demo.schedule import schedule_of
from jobs.demo.stage import DAYS_BACK
from jobs.demo.waiting import await_grades
from jobs.grading import grade_attempt
from jobs.runs import wake_grade
from tests.factories import make_assessment as make_other_assessment
from tests.factories import make_attempt, make_organisation

PASSWORD = "four-words-for-a-test"
CAST = (
    logs("Mateus Oliveira", 0.42, 51, "python", voice="strong"),
    logs("Camille Rousseau", 3.58, 53, "javascript", 2, by_code=True, pastes=True),
    logs("Isabelle Fournier", 7.06, 60, "python", 3, share=0.6, waits_for_the_clock=True),
    payouts("Elif Yıldız", 3.24, 134, 0, away_minutes=25, note="A meeting came between."),
    payouts("Sofía Rentería", 2.37, 112, voice="strong", times="1.25"),
)


@pytest.fixture
def reported(wiring):
    """The wiring, with the sandbox reported every few seconds as the timetable does."""
    over = threading.Event()

    def report():
        while not over.wait(3):
            with wiring.database.unit_of_work() as session:
                put_runner_status(session, "test", wiring.runner.status(), utc_now())

    thread = threading.Thread(target=report)
    thread.start()
    yield wiring
    over.set()
    thread.join()


def prove(wiring):
    """The shipped packs in the bank, taken as proven in every language that is ready."""
    with wiring.database.unit_of_work() as session:
        versions = load_shipped_packs(session, utc_now())
        state = last_runner_state(session)
        for version in versions:
            for name in version.manifest["languages"]:
                toolchain = toolchain_of(state, name)
                if toolchain:
                    session.add(Proof(pack_version_id=version.id, language=name, toolchain=toolchain,
                                      state=ProofState.PASSED, finished_at=utc_now()))  # fmt: skip


def grade_all(wiring, jobs):
    for job, arguments in list(jobs):
        if job is Job.GRADE_ATTEMPT:
            grade_attempt(*arguments)
    wake_grade()


def counts(wiring):
    with wiring.database.reading() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) for t in metadata.sorted_tables}


def play(wiring, said, visits=CAST):
    maker = Maker(wiring, said.append, visits=visits)
    house = maker.found(PASSWORD)
    assessments = []
    for show in SHOWS:
        assessment = maker.open(house, show)
        maker.play(house, show, assessment)
        assessments.append(assessment)
    return maker, house, assessments


def rows(wiring, query):
    with wiring.database.unit_of_work() as session:  # after a commit rows keep what they hold
        return session.execute(query).all()


@pytest.mark.engine
def test_the_whole_example_and_its_end(reported, jobs):
    wiring = reported
    prove(wiring)
    with wiring.database.unit_of_work() as session:
        mine = make_organisation(session, "Real people")
        make_attempt(session, make_other_assessment(session, mine), "Somebody Real")
    before, kept = counts(wiring), blobs(wiring)
    said: list[str] = []
    maker, house, assessments = play(wiring, said)
    assert said[-1] == "“Paid twice on Tuesday”: 2 of 2 submissions"
    check_attempts(wiring)
    check_records(wiring)
    grade_all(wiring, jobs)
    assert await_grades(wiring, house.organisation_id, said.append)
    check_grades(wiring)
    maker.judge(house, assessments)
    check_review(wiring)

    # A second start finds everything done.
    stands = counts(wiring)
    again = Maker(wiring, said.append, visits=CAST)
    again.make(again.found("another-password-now"))
    assert counts(wiring) == stands

    with wiring.database.unit_of_work() as session:
        gone = remove_example(session)
    assert (gone.organisations, gone.attempts, gone.people) == (1, 5, 7)
    after = counts(wiring)
    after["outbox"] = before["outbox"]  # wake-ups carry nothing of it, and are forgotten after two days
    assert after == before
    assert blobs(wiring) == kept
    with wiring.database.unit_of_work() as session:
        assert remove_example(session).organisations == 0


def blobs(wiring):
    return {row.sha256 for row in rows(wiring, select(Blob.sha256))}


def check_attempts(wiring):
    found = {row.candidate_name: row for (row,) in rows(wiring, select(Attempt).where(Attempt.is_example))}
    assert set(found) == {visit.name for visit in CAST}
    now = utc_now()
    for visit in CAST:
        attempt = found[visit.name]
        assert now - dt.timedelta(days=DAYS_BACK) < attempt.started_at < attempt.finished_at < attempt.sealed_at + dt.timedelta(1)
        assert attempt.sealed_at < now - dt.timedelta(hours=4)
        assert (attempt.invitation_id is None) == visit.by_code
        assert attempt.multiplier == Decimal(visit.times)
        assert attempt.receipt_leaf
        assert attempt.state == (AttemptState.ENDED if visit.waits_for_the_clock else AttemptState.SUBMITTED)
    late = found["Isabelle Fournier"]
    assert (late.finished_at - late.started_at, late.sealed_at - late.finished_at) == (
        dt.timedelta(minutes=60), dt.timedelta(minutes=10, seconds=2),
    )  # fmt: skip
    opened = rows(wiring, select(Invitation.email, Invitation.opened_at))
    assert len(opened) == 4 + sum(len(show.invited_only) for show in SHOWS)
    assert sum(row.opened_at is not None for row in opened) == 4


def check_records(wiring):
    """Every run was the sandbox's answer, every record has its milestones in order and no event was refused."""
    runs = [row for (row,) in rows(wiring, select(Run).where(Run.purpose.in_(("own", "public"))))]
    assert len(runs) >= 10
    assert {run.state for run in runs} == {RunState.FINISHED}
    assert all(run.result["engine"] == "bubblewrap" and run.result["timings"] for run in runs)
    assert all(run.finished_at >= run.created_at for run in runs)
    for attempt_id, name, log_id in rows(wiring, select(Attempt.id, Attempt.candidate_name, Attempt.log_id)):
        events = [row for (row,) in rows(wiring, select(EvidenceEvent).where(EvidenceEvent.log_id == log_id).order_by(EvidenceEvent.seq))]
        if not events:
            continue  # the real person's
        kinds = [event.kind for event in events]
        assert kinds[0] == "consented", (attempt_id, name)
        assert kinds[-1] == "sealed"
        assert {"edited", "ran", "opened_file"} <= set(kinds)
        assert ("pasted" in kinds) == (name == "Camille Rousseau")
        assert ("away" in kinds) == (name == "Elif Yıldız")
        moments = [event.received_at for event in events]
        assert moments == sorted(moments)
        with wiring.database.reading() as session:
            assert get_log(session, log_id).sealed_at
    assert rows(wiring, text("SELECT 1 FROM evidence_refusals")) == []


def check_grades(wiring):
    query = select(Attempt.candidate_name, Grade).join(Grade, Grade.attempt_id == Attempt.id)
    found = {row[0]: row[1] for row in rows(wiring, query)}
    assert found["Mateus Oliveira"].final == Decimal(10)
    assert found["Sofía Rentería"].final == Decimal(10)
    assert found["Sofía Rentería"].over_seconds == 0
    assert Decimal(0) < found["Camille Rousseau"].raw < Decimal(10)
    assert found["Isabelle Fournier"].raw < Decimal(5)
    elif_ = found["Elif Yıldız"]
    assert (elif_.over_seconds > 2000, elif_.deduction > 0, elif_.final < elif_.raw) == (True, True, True)
    # What was graded is what was typed: the reference, letter by letter.
    with wiring.database.reading() as session:
        task_id = found["Mateus Oliveira"].detail["tasks"][0]["attempt_task"]
        graded = graded_files(session, task_id)["main.py"].decode()
    source = (cast.__file__.rsplit("/jobs/", 1)[0]) + "/packs/log-parser/references/python-main/main.py"
    with open(source) as file:
        assert graded == file.read()


def check_review(wiring):
    decided = rows(wiring, select(Decision.choice, Decision.reason))
    assert {row.choice for row in decided} == {"advance", "maybe", "reject"}
    assert all(" of " in row.reason for row in decided)
    assert rows(wiring, select(func.count(ReviewNote.id)))[0][0] >= 2


@pytest.mark.engine
def test_it_goes_on_where_it_was_ended(reported, jobs):
    wiring = reported
    prove(wiring)
    said: list[str] = []
    play(wiring, said, CAST[:2])
    first = {row.candidate_name: row.uuid for row in rows(wiring, select(Attempt.candidate_name, Attempt.uuid))}
    _, house, _ = play(wiring, said, CAST[:3])
    then = {row.candidate_name: row.uuid for row in rows(wiring, select(Attempt.candidate_name, Attempt.uuid))}
    assert len(first), len(then) == (2, 3)
    assert first.items() <= then.items()
    assert rows(wiring, select(func.count(Organisation.id)))[0][0] == 1
    assert rows(wiring, select(func.count(Assessment.id)))[0][0] == 2


def test_its_people_can_do_little_and_it_is_not_the_first_organisation(make_wiring):
    wiring = make_wiring()
    maker = Maker(wiring, lambda line: None)
    house = maker.found(PASSWORD)
    assert house.recruiter.roles == {Role.RECRUITER, Role.INTERVIEWER}
    assert not house.recruiter.may(Role.ADMIN)
    again = maker.found("another-password-now")
    assert again.recruiter.person_id == house.recruiter.person_id
    with wiring.database.reading() as session:
        assert not some_organisation_exists(session)
        person = find_account(session, cast.RECRUITER[1])
        stored = session.get_one(Password, person.id).hash
        assert password_matches(stored, "another-password-now")
        assert not password_matches(stored, PASSWORD)
        assert all(session.scalars(select(Person.is_example)))
    with wiring.database.unit_of_work() as session:
        remove_example(session)
    assert rows(wiring, select(func.count(Person.id)))[0][0] == 0


def test_packs_of_others_and_their_blobs_stay(make_wiring):
    wiring = make_wiring()
    with wiring.database.unit_of_work() as session:
        load_shipped_packs(session, utc_now())
    before = blobs(wiring)
    Maker(wiring, lambda line: None).found(PASSWORD)
    with wiring.database.unit_of_work() as session:
        remove_example(session)
    assert blobs(wiring) == before
    assert rows(wiring, select(func.count(Pack.id)))[0][0] == 4


def test_the_cast():
    assert len(VISITS) == 40
    assert len({visit.email for visit in VISITS}) == 40
    assert all(visit.email.isascii() and visit.email.count("@") == 1 for visit in VISITS)
    made_at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    limits = {show.pack: show for show in SHOWS}
    for visit in VISITS:
        show = limits[visit.pack]
        schedule = schedule_of(visit, made_at, 12)
        assert schedule == schedule_of(visit, made_at, 12)
        moments = [schedule.started_at, *schedule.edits, schedule.answers_from, schedule.ends_at]
        assert moments == sorted(moments), visit.name
        assert schedule.ends_at < made_at + dt.timedelta(days=DAYS_BACK - 0.2)
        assert show.overtime or visit.minutes <= show.limit_minutes
    assert any(visit.minutes > limits[visit.pack].limit_minutes for visit in VISITS)
    assert sum(visit.waits_for_the_clock for visit in VISITS) >= 2
