"""What an assessment version says, frozen: one value that every rule about attempts reads.

A ``Body`` may be a draft (anything typed) or a checked one: ``body_check.validate_body`` tells the two apart, and only a
checked body is stored. ``body.py`` offers all of these together with their JSON; import them from there.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from evidence.manifest import Manifest


class TimePolicy(StrEnum):
    """``hard_stop``: work ends at the limit. ``overtime``: it may go on to 120 min past it, at a deduction."""

    HARD_STOP = "hard_stop"
    OVERTIME = "overtime"


class AiMode(StrEnum):
    """Whether the candidate's own AI tools are banned, permitted or required."""

    BANNED = "banned"
    PERMITTED = "permitted"
    REQUIRED = "required"


class ShareLevel(StrEnum):
    """How much of the result the candidate gets to see."""

    NONE = "none"
    OVERALL = "overall"
    BREAKDOWN = "breakdown"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Task:
    """One pack version and the languages a candidate may choose from, in the order they are offered."""

    pack_version: uuid.UUID
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One line of the rubric. ``weight`` in percent; ``anchors`` say what levels 1 to 5 look like, in that order."""

    key: str
    title: str
    weight: int
    anchors: tuple[str, ...]

    def anchor(self, level: int) -> str:
        """What level 1 to 5 looks like. Raises IndexError for any other level."""
        if not 1 <= level <= 5:
            raise IndexError(level)
        return self.anchors[level - 1]


@dataclass(frozen=True, slots=True)
class Rubric:
    """Dimensions whose weights add up to 100; ``template`` names the shipped one it began as, "" for none."""

    template: str
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class TimeRule:
    """How long the work may take, before any arrangement."""

    limit_minutes: int
    policy: TimePolicy

    @property
    def limit_seconds(self) -> int:
        """The limit in seconds."""
        return self.limit_minutes * 60


@dataclass(frozen=True, slots=True)
class Window:
    """When attempts may start and must have ended, as UTC instants; None leaves that side open."""

    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class AiPolicy:
    """The rule about AI tools and its words for the candidate."""

    mode: AiMode
    text: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question answered in writing beside or after the work."""

    key: str
    text: str
    required: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a candidate asks."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Body:
    """The whole content of an assessment version. Candidates read ``role_title`` and ``intro``.

    ``manifest`` is the evidence format's own value, so that disclosure, capture and ledger cannot drift apart.
    """

    tasks: tuple[Task, ...]
    rubric: Rubric
    time: TimeRule
    window: Window
    ai_policy: AiPolicy
    manifest: Manifest
    follow_ups: tuple[FollowUp, ...]
    share_level: ShareLevel
    contact: Contact
    role_title: str
    intro: str
