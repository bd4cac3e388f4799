"""A candidate's runs through the real job and the real sandbox, as the page sees them."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import select

from core.assessments.actions.attempt_runs import cancel_own_run, request_own_run, request_public_tests
from core.assessments.models import AttemptTask
from core.assessments.queries.attempt_runs import run_views
from core.base.clock import utc_now
from core.base.errors import Invalid, TooMany, Unavailable
from core.gateways.runner.port import Outcome, RunnerState, RunnerUnavailable, RunRefused
from core.ledger.models import EvidenceEvent
from core.runs.actions import put_runner_status
from core.runs.models import Run
from evidence.kinds import Kind
from jobs import purposes
from jobs.runs import wake_run
from tests.jobs.rows import MUTANT, REFERENCE, SLEEPS, make_work

pytestmark = pytest.mark.engine


def work(wiring, program=REFERENCE) -> int:
    with wiring.database.unit_of_work() as session:
        return make_work(session, program)[1].id


def ask_own(wiring, task_id, program=REFERENCE, stdin="20 22\n", click="c1") -> None:
    with wiring.database.unit_of_work() as session:
        task = session.get_one(AttemptTask, task_id)
        request_own_run(session, task, {"main.py": program}, stdin, utc_now(), click)


def ask_tests(wiring, task_id, program=REFERENCE, click="c1") -> None:
    with wiring.database.unit_of_work() as session:
        task = session.get_one(AttemptTask, task_id)
        request_public_tests(session, task, {"main.py": program}, utc_now(), click)


def views(wiring, task_id) -> list[dict]:
    with wiring.database.unit_of_work() as session:
        return run_views(session, session.get_one(AttemptTask, task_id))


def test_own_input_and_what_the_page_is_told(wiring, hints):
    task = work(wiring)
    ask_own(wiring, task)
    [view] = views(wiring, task)
    assert (view["state"], view["position"], view["total"], view["results"]) == ("queued", 1, 1, [])
    wake_run()
    [view] = views(wiring, task)
    assert (view["kind"], view["state"], view["notice"], view["build"]) == ("stdin", "finished", "", None)
    [result] = view["results"]
    assert (result["status"], result["received"], result["exit_code"]) == (
        "ok", {"text": "42\n", "truncated": False}, 0,
    )  # fmt: skip
    told = [data.get("stage") or data["state"] for event, _, data in hints if event == "run.changed"]
    assert told == ["queued", "running", "running", "finished"]
    assert all(data["version"] > 0 for event, _, data in hints if event == "run.changed")


def test_public_tests_show_expected_and_received(wiring):
    task = work(wiring)
    ask_tests(wiring, task, MUTANT)
    wake_run()
    [view] = views(wiring, task)
    assert (view["kind"], view["state"], view["total"]) == ("tests", "finished", 1)
    [result] = view["results"]
    assert (result["status"], result["expected"]["text"], result["received"]["text"]) == ("wrong", "3", "-1\n")
    assert result["stdin"]["text"] == "1 2"
    assert result["message"]


def test_hidden_cases_never_enter_a_candidates_run(wiring):
    task = work(wiring)
    ask_tests(wiring, task)
    with wiring.database.reading() as session:
        run = session.scalars(select(Run)).one()
        assert list(run.job["meta"]["tests"]) == ["samples:small"]
        assert [test["id"] for test in run.job["tests"]] == ["samples:small"]


def test_a_program_that_breaks(wiring):
    task = work(wiring)
    ask_own(wiring, task, b"import sys\nprint('x' * 300_000)\nsys.exit(3)\n")
    wake_run()
    [result] = views(wiring, task)[0]["results"]
    assert result["status"] in ("output", "runtime_error")
    assert result["received"]["truncated"]
    assert len(result["received"]["text"]) <= 16 * 1024


def test_one_click_is_one_run_however_often_it_arrives(wiring, jobs):
    task = work(wiring)
    for _ in range(3):
        ask_own(wiring, task, click="same")
    assert len(views(wiring, task)) == 1
    wake_run()
    wake_run()
    with wiring.database.reading() as session:
        assert session.scalars(select(Run.attempt_number)).all() == [1]


def test_limits_of_asking(wiring):
    task = work(wiring)
    with pytest.raises(Invalid):
        ask_own(wiring, task, stdin="x" * 70_000)
    for number in range(3):
        ask_own(wiring, task, click=f"c{number}")
    with pytest.raises(TooMany):
        ask_own(wiring, task, click="c4")


def test_without_an_engine_nothing_is_queued_and_the_reason_is_said(wiring):
    task = work(wiring)
    off = RunnerState("off", reason="No engine.", cure="Install one.")
    with wiring.database.unit_of_work() as session:
        put_runner_status(session, "test", off, utc_now())
    with pytest.raises(Unavailable, match=r"No engine\. Install one\.") as refused:
        ask_own(wiring, task)
    assert refused.value.code == "engine_off"


def test_the_run_is_recorded_when_declared(wiring):
    with wiring.database.unit_of_work() as session:
        attempt, task = make_work(session, MUTANT)
        log_id, task_id = attempt.log_id, task.id
    ask_tests(wiring, task_id, MUTANT)
    wake_run()
    with wiring.database.reading() as session:
        [event] = session.scalars(select(EvidenceEvent).where(EvidenceEvent.log_id == log_id))
        run = session.scalars(select(Run)).one()
        assert event.kind == Kind.RAN
        assert event.payload == {
            "run": str(run.uuid), "purpose": "public", "state": "finished", "passed": 0, "total": 1,
        }  # fmt: skip


def test_stopping_a_running_program(wiring):
    task = work(wiring)
    ask_own(wiring, task, b"import time\ntime.sleep(9)\n")
    worker = threading.Thread(target=wake_run)
    worker.start()
    await_state(wiring, "running")
    began = time.monotonic()
    with wiring.database.unit_of_work() as session:
        run = session.scalars(select(Run)).one()
        cancel_own_run(session, session.get_one(AttemptTask, task), run, utc_now())
    worker.join(8)
    assert not worker.is_alive()
    assert time.monotonic() - began < 7
    [view] = views(wiring, task)
    assert (view["state"], view["results"]) == ("cancelled", [])
    until = time.monotonic() + 10
    while wiring.runner.status().busy and time.monotonic() < until:
        time.sleep(0.05)  # the box is still being taken down
    assert wiring.runner.status().busy == 0


def await_state(wiring, state, seconds=10.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with wiring.database.reading() as session:
            if session.scalar(select(Run.state)) == state:
                return
        time.sleep(0.05)
    raise AssertionError(f"never {state}")


class Broken:
    """A runner that goes wrong in one way, beside a status that promises everything."""

    def __init__(self, wiring, error: Exception) -> None:
        self.state, self.error, self.starts = wiring.runner.status(), error, 0

    def status(self) -> RunnerState:
        return self.state

    def run(self, *_: object) -> Outcome:
        self.starts += 1
        raise self.error

    def cancel(self, job_id: str) -> bool:
        return False


@pytest.mark.parametrize(
    ("error", "starts"),
    [(RunnerUnavailable("the connection broke"), 2), (RunRefused("too many files"), 1), (ValueError("a fault"), 2)],
)
def test_a_sandbox_that_fails_ends_the_run_as_sandbox_error(wiring, error, starts):
    task = work(wiring)
    ask_own(wiring, task)
    broken = wiring.__dict__["runner"] = Broken(wiring, error)
    wake_run()
    assert broken.starts == starts
    [view] = views(wiring, task)
    assert view["state"] == "failed"
    assert view["notice"]
    with wiring.database.reading() as session:
        assert session.scalars(select(Run.error)).one().startswith("sandbox error: ")


def test_a_result_for_a_run_that_was_taken_away_is_thrown_away(wiring, monkeypatch):
    task = work(wiring)
    ask_own(wiring, task, SLEEPS)
    taken: list[int] = []
    monkeypatch.setitem(purposes.OWNERS, "own", lambda session, run, now: taken.append(run.attempt_number))
    worker = threading.Thread(target=wake_run)
    worker.start()
    await_state(wiring, "running")
    with wiring.database.unit_of_work() as session:  # as the sweep and another worker would leave it
        session.scalars(select(Run)).one().attempt_number = 2
    worker.join(15)
    assert taken == []
    with wiring.database.reading() as session:
        assert session.scalars(select(Run.result)).one() is None
