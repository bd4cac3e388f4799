"""Where the set-up wizard stands. It survives reloads and restarts, and an admin may come back to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from core.accounts.actions.services import put_setting
from core.accounts.actor import Actor
from core.accounts.models import Role
from core.base.stored_settings import StoredSetting

NAME = "first_run"


class Step(StrEnum):
    """The steps after the organisation and its admin exist, in order."""

    MAIL = "mail"
    MODEL = "model"
    ASSESSMENT = "assessment"
    DONE = "done"


ORDER = list(Step)


@dataclass(frozen=True)
class FirstRun:
    """The step that is open, and the organisation that is being set up."""

    step: Step
    organisation_id: int | None


def first_run(session: Session) -> FirstRun:
    """Where the wizard stands; DONE where there never was one."""
    row = session.get(StoredSetting, NAME)
    if row is None:
        return FirstRun(Step.DONE, None)
    return FirstRun(Step(row.value["step"]), row.value["organisation_id"])


def begin_first_run(session: Session, organisation_id: int, now: dt.datetime) -> None:
    """The organisation stands; the next step is mail."""
    put_setting(session, NAME, {"step": Step.MAIL.value, "organisation_id": organisation_id}, now)


def finish_step(session: Session, actor: Actor, step: Step, now: dt.datetime) -> Step:
    """Go on after ``step``; returns the step that is open now. Going back and forth never loses a later step."""
    actor.need(Role.ADMIN)
    stands = first_run(session)
    following = ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]
    if stands.organisation_id == actor.organisation_id and ORDER.index(following) > ORDER.index(stands.step):
        put_setting(session, NAME, {"step": following.value, "organisation_id": actor.organisation_id}, now)
    return following
