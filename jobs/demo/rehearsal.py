"""The runs that a person makes on the way: done by the sandbox before anything is written, because they take seconds.

The attempt is then written in one short transaction, and each of its runs must ask for exactly the plan that was run.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from core.assessments.rules.running import own_plan, to_plan
from core.gateways.runner.port import Outcome, Plan, Runner, RunnerUnavailable
from core.problems.rules.kinds import Kind, Visibility
from core.problems.rules.pack import Pack
from core.problems.rules.runplan import plan_submission
from jobs.demo.cast import Visit
from jobs.demo.edits import PASTED_LINES, TYPED_LINES
from jobs.demo.works import Way, way_of

TRIES = 4
WAIT_SECONDS = 3.0


@dataclass(frozen=True)
class Try:
    """A click on Run after ``after`` edits: ``stdin`` None are the public tests. One answer for each plan."""

    after: int
    stdin: str | None
    ran: tuple[tuple[Plan, Outcome], ...]


@dataclass(frozen=True)
class Rehearsed:
    """A visit with the language it is made in, its edits, and its runs as they came out."""

    visit: Visit
    language: str
    way: Way
    tries: tuple[Try, ...]


def rehearse(runner: Runner, pack: Pack, visit: Visit, languages: tuple[str, ...]) -> Rehearsed:
    """Run what the person would. Raises RunnerUnavailable when the sandbox stays away, RunRefused."""
    language = visit.language if visit.language in languages else languages[0]
    way = way_of(pack, language, visit.work, PASTED_LINES if visit.pastes else TYPED_LINES)
    clicks: list[tuple[int, str | None]] = [(round(len(way.edits) * 0.55), None), (len(way.edits), None)]
    if pack.kind is Kind.IO:
        clicks.insert(1, (round(len(way.edits) * 0.8), _sample(pack, language)))
    tries = tuple(_try(runner, pack, language, way, after, stdin) for after, stdin in dict(clicks).items())
    return Rehearsed(visit, language, way, tries)


def _sample(pack: Pack, language: str) -> str:
    """The input of the first public case, as somebody copies it from the statement."""
    public = [group for group in pack.groups_for(language) if group.visibility is Visibility.PUBLIC]
    return public[0].cases[0].stdin.decode()


def _try(runner: Runner, pack: Pack, language: str, way: Way, after: int, stdin: str | None) -> Try:
    files = {path: text.encode() for path, text in way.files_after(after).items()}
    if stdin is None:
        plans = [
            to_plan(each) for each in plan_submission(pack, language, files, visibility=Visibility.PUBLIC)
        ]
    else:
        plans = [own_plan(pack, language, files, stdin.encode())]
    return Try(after, stdin, tuple((plan, run_once(runner, plan)) for plan in plans))


def run_once(runner: Runner, plan: Plan) -> Outcome:
    """One answer of the sandbox; what it could not do is tried again a few times. Raises RunnerUnavailable."""
    reason = ""
    for attempt in range(TRIES):
        time.sleep(WAIT_SECONDS * attempt)
        try:
            outcome = runner.run(f"demo-{uuid.uuid4()}", plan, lambda _progress: None)
        except RunnerUnavailable as error:
            reason = error.reason
            continue
        if outcome.error is None:
            return outcome
        reason = outcome.error
    raise RunnerUnavailable(reason)
