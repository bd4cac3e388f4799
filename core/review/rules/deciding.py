"""The law of decisions: who may be decided upon, what needs a reason, what can still be undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

UNDO_SECONDS = 10
# The button is shown for UNDO_SECONDS; a slow line may take a little longer to bring the click here.
UNDO_SLACK_SECONDS = 5
MAX_BULK = 200
MAX_REASON = 2000


class Skip(StrEnum):
    """Why one submission of a bulk deed was left alone."""

    UNOPENED = "unopened"
    SAME = "same"


@dataclass(frozen=True)
class Standing:
    """One submission as a decision finds it: the choice that holds and whether this person opened it."""

    attempt_id: int
    choice: str
    opened: bool


def needs_reason(choice: str, count: int) -> bool:
    """Reject and every bulk deed need a reason."""
    return choice == "reject" or count > 1


def skip(standing: Standing, choice: str) -> Skip | None:
    """Why ``choice`` does not happen to this submission, or None when it does."""
    if choice == "reject" and not standing.opened:
        return Skip.UNOPENED
    return Skip.SAME if standing.choice == choice else None


def may_undo(decided_at: dt.datetime, by: int, person_id: int, now: dt.datetime) -> bool:
    """Only the person who decided, and only for a few seconds."""
    age = (now - decided_at).total_seconds()
    return by == person_id and 0 <= age <= UNDO_SECONDS + UNDO_SLACK_SECONDS


def split(standings: Sequence[Standing], choice: str) -> tuple[list[Standing], list[tuple[Standing, Skip]]]:
    """Those that the decision holds for, and those it leaves alone with the reason."""
    reasons = [(standing, skip(standing, choice)) for standing in standings]
    taken = [standing for standing, why in reasons if why is None]
    return taken, [(standing, why) for standing, why in reasons if why is not None]
