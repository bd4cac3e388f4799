"""What the example has to wait for: packs that are proven, and grades that the workers make. Told on the console."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptState, ProofState
from core.assessments.queries.offers import offered_packs
from core.assessments.queries.proofs import proofs_of
from core.base.clock import utc_now
from core.grading.models import Grade, GradeState
from core.problems.models import PackVersion
from core.problems.queries.packs import list_packs
from core.runs.queries import last_runner_state, runner_status
from core.runs.rules.readiness import toolchain_of
from core.wiring import Wiring

Say = Callable[[str], None]
LOOK_SECONDS = 2.0
SAY_AGAIN_SECONDS = 15.0
QUIET_SECONDS = 8.0
PACK_SECONDS = 45 * 60.0  # a cold machine fetches an engine and builds images first
SILENT_SECONDS = 10 * 60.0  # grades that do not move this long are left to the workers


@dataclass(frozen=True)
class Proven:
    """A pack version that may be used, with the languages in which it is proven and its questions."""

    version_id: int
    version_uuid: uuid.UUID
    languages: tuple[str, ...]
    questions: tuple[str, ...]


class GivenUp(RuntimeError):
    """It did not come in time; the text says what was waited for and names the cure."""


class Teller:
    """Says a line when it is new, and then at most every few seconds."""

    def __init__(self, say: Say) -> None:
        # A start that finds everything ready within a few seconds has nothing to tell.
        self.say, self.last, self.said_at = say, "", time.monotonic() - SAY_AGAIN_SECONDS + QUIET_SECONDS

    def tell(self, line: str) -> None:
        """Say it, unless it was just said or something else was."""
        if line != self.last and time.monotonic() - self.said_at > SAY_AGAIN_SECONDS:
            self.say(line)
            self.last, self.said_at = line, time.monotonic()


def await_pack(wiring: Wiring, organisation_id: int, slug: str, say: Say) -> Proven | None:
    """A shipped pack once all its languages are settled; None when it failed its proof. Raises GivenUp."""
    teller, until = Teller(say), time.monotonic() + PACK_SECONDS
    while True:
        with wiring.database.reading() as session:
            pending = unsettled(session, organisation_id, slug)
            if pending is None:
                return offer_of(session, organisation_id, slug)
        if time.monotonic() > until:
            raise GivenUp(
                f"{pending}. `proofroom doctor` says what is wrong; start the demo again then: it goes on."
            )
        teller.tell(f"waiting: {pending}")
        time.sleep(LOOK_SECONDS)


def unsettled(session: Session, organisation_id: int, slug: str) -> str | None:
    """Why the languages of a pack are not settled yet, in words; None when they are."""
    version = version_of(session, organisation_id, slug)
    state, running = last_runner_state(session), runner_status(session, utc_now())
    if version is None or state is None:
        return f"the workers have not read the pack {slug} yet"
    if running.state == "off":
        return f"code running is off: {running.reason} {running.cure}"
    wanted = version.manifest["languages"]
    preparing = [f"{name} {running.language(name).progress} %" for name in wanted
                 if running.language(name).state == "preparing"]  # fmt: skip
    if preparing:
        return f"the sandbox prepares {', '.join(preparing)}"
    proofs = {(proof.language, proof.toolchain): proof for proof in proofs_of(session, [version.id])}
    open_ones = []
    for name in wanted:
        toolchain = toolchain_of(state, name)
        proof = proofs.get((name, toolchain or ""))
        if toolchain and (proof is None or proof.state not in (ProofState.PASSED, ProofState.FAILED)):
            open_ones.append(f"{name} {proof.done} of {proof.total}" if proof else name)
    return f"{slug} is being proven in {', '.join(open_ones)} runs" if open_ones else None


def version_of(session: Session, organisation_id: int, slug: str) -> PackVersion | None:
    """The newest version of a shipped pack."""
    versions = list_packs(session, organisation_id)
    return next((v for v in versions if v.pack.slug == slug and v.pack.organisation_id is None), None)


def offer_of(session: Session, organisation_id: int, slug: str) -> Proven | None:
    """The shipped pack as it may be used now."""
    for offer in offered_packs(session, organisation_id).values():
        version = offer.version
        if version.pack.slug == slug and version.pack.organisation_id is None:
            questions = tuple(str(question) for question in version.manifest.get("questions", []))
            return Proven(version.id, version.uuid, offer.languages, questions)
    return None


def await_grades(wiring: Wiring, organisation_id: int, say: Say) -> bool:
    """Wait until every finished attempt has its grade; False when they stopped moving."""
    teller, last, moved_at = Teller(say), -1, time.monotonic()
    while True:
        with wiring.database.reading() as session:
            states = grade_states(session, organisation_id)
        graded, total = states[GradeState.DONE] + states[GradeState.FAILED], sum(states.values())
        if graded == total:
            failed = states[GradeState.FAILED]
            say(
                f"{graded} of {total} graded"
                + (f", {failed} of them failed: see their pages" if failed else "")
            )
            return True
        if graded != last:
            last, moved_at = graded, time.monotonic()
        if time.monotonic() - moved_at > SILENT_SECONDS:
            say(
                f"{graded} of {total} graded; nothing moves, so the rest is left to the workers (`proofroom doctor`)"
            )
            return False
        teller.tell(f"{graded} of {total} graded by the workers")
        time.sleep(LOOK_SECONDS)


def grade_states(session: Session, organisation_id: int) -> Counter[str]:
    """How many finished attempts stand where; one without a grade counts as waiting."""
    query = (
        select(Grade.state)
        .select_from(Attempt)
        .outerjoin(Grade, Grade.attempt_id == Attempt.id)
        .where(Attempt.organisation_id == organisation_id, Attempt.state != AttemptState.WORKING)
    )
    return Counter(str(state or GradeState.WAITING) for state in session.scalars(query))
