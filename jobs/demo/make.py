"""Makes the example in a sane order, and goes on where an earlier start ended."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from core.assessments.models import Assessment
from core.base.clock import utc_now
from core.problems.models import PackVersion
from core.problems.queries.contents import pack_of
from core.wiring import Wiring
from jobs.demo.attempt import drive, has_come
from jobs.demo.cast import SHOWS, VISITS, Show, Visit
from jobs.demo.rehearsal import Rehearsed, rehearse
from jobs.demo.review import review
from jobs.demo.stage import House, find_assessment, find_house, found_house, make_assessment, set_password
from jobs.demo.waiting import Proven, Say, await_grades, await_pack

REHEARSED_AT_ONCE = 2
TOLD_EVERY = 5


class Maker:
    """``visits`` and ``shows`` are parameters for tests; each step commits by itself."""

    def __init__(
        self, wiring: Wiring, say: Say, shows: Sequence[Show] = SHOWS, visits: Sequence[Visit] = VISITS
    ) -> None:
        self.wiring, self.say, self.shows, self.visits = wiring, say, shows, visits

    def found(self, password: str) -> House:
        """The organisation and its people; the recruiter signs in with ``password`` from now on."""
        now = utc_now()
        with self.wiring.database.unit_of_work() as session:
            house = find_house(session) or found_house(session, now)
            set_password(session, house, password, now)
        return house

    def make(self, house: House) -> None:
        """Everything else. Raises GivenUp when the sandbox does not come, RunnerUnavailable when it goes away."""
        shows: list[tuple[Show, Assessment]] = []
        for show in self.shows:
            assessment = self.open(house, show)
            if assessment is not None:
                shows.append((show, assessment))
                self.play(house, show, assessment)
        if await_grades(self.wiring, house.organisation_id, self.say):
            self.judge(house, [assessment for _, assessment in shows])

    def open(self, house: House, show: Show) -> Assessment | None:
        """The assessment of a show, made when its pack is proven; None when the pack cannot be used."""
        proven = await_pack(self.wiring, house.organisation_id, show.pack, self.say)
        if proven is None:
            self.say(
                f"the pack {show.pack} did not pass its proof on this machine; its assessment is left out"
            )
            return None
        with self.wiring.database.unit_of_work() as session:
            found = find_assessment(session, house, show)
            if found is not None:
                return found
            made = make_assessment(
                session, house, show, proven, self.visits_of(show), self.wiring.links, utc_now()
            )
        self.say(f"“{show.title}” in {', '.join(proven.languages)}: {len(self.visits_of(show))} people come")
        return made

    def visits_of(self, show: Show) -> list[Visit]:
        """Who comes to a show."""
        return [visit for visit in self.visits if visit.pack == show.pack]

    def play(self, house: House, show: Show, assessment: Assessment) -> None:
        """The attempts that are not there yet: their runs two at a time, their rows one after the other."""
        with self.wiring.database.reading() as session:
            missing = [v for v in self.visits_of(show) if not has_come(session, assessment, v.name, v.email)]
            proven = self._proven(house, show)
            pack = pack_of(session, session.get_one(PackVersion, proven.version_id))
        done = len(self.visits_of(show)) - len(missing)
        with ThreadPoolExecutor(REHEARSED_AT_ONCE) as pool:
            rehearsals = [
                pool.submit(rehearse, self.wiring.runner, pack, visit, proven.languages) for visit in missing
            ]
            try:
                for number, rehearsal in enumerate(rehearsals, start=1):
                    self._keep(assessment, rehearsal.result())
                    if number % TOLD_EVERY == 0 or number == len(missing):
                        self.say(f"“{show.title}”: {done + number} of {done + len(missing)} submissions")
            finally:
                for rehearsal in rehearsals:
                    rehearsal.cancel()

    def _proven(self, house: House, show: Show) -> Proven:
        proven = await_pack(self.wiring, house.organisation_id, show.pack, self.say)
        assert proven is not None  # the assessment was made from it
        return proven

    def _keep(self, assessment: Assessment, rehearsed: Rehearsed) -> None:
        with self.wiring.database.unit_of_work() as session:
            if not has_come(session, assessment, rehearsed.visit.name, rehearsed.visit.email):
                drive(session, session.get_one(Assessment, assessment.id), rehearsed)

    def judge(self, house: House, assessments: Sequence[Assessment]) -> None:
        """A few decisions and notes."""
        with self.wiring.database.unit_of_work() as session:
            made = [
                review(session, house, session.get_one(Assessment, each.id), utc_now())
                for each in assessments
            ]
        if any(made):
            self.say(f"{sum(made)} decisions with reasons and notes")
