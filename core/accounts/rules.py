"""The law of accounts: how long sessions live, what a password must be, what may be changed about members."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from core.base.errors import N_, FieldError

ACCESS_SECONDS = 600
GRACE_SECONDS = 30
SESSION_SECONDS = 14 * 86_400
INVITATION_SECONDS = 7 * 86_400
MIN_PASSWORD = 10
MAX_PASSWORD = 200
MAX_NAME = 120
MAX_EMAIL = 254
# Passwords that every list of guesses begins with; longer ones are caught by the two rules below them.
COMMON = frozenset({"password12", "password123", "1234567890", "qwertyuiop", "letmein123", "administrator"})


class Refresh(Enum):
    """What a presented refresh token means."""

    CURRENT = "current"
    GRACE = "grace"
    REUSED = "reused"
    ENDED = "ended"


@dataclass(frozen=True)
class SessionFacts:
    """What the law needs to know of a stored session."""

    refresh_hash: str
    previous_refresh_hash: str | None
    rotated_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None


def judge_refresh(facts: SessionFacts, presented_hash: str, now: dt.datetime) -> Refresh:
    """Whether a refresh token is the current one, the one before (two tabs at once), or a stolen old one."""
    if facts.revoked_at is not None or facts.expires_at <= now:
        return Refresh.ENDED
    if presented_hash == facts.refresh_hash:
        return Refresh.CURRENT
    fresh = now - facts.rotated_at <= dt.timedelta(seconds=GRACE_SECONDS)
    if presented_hash == facts.previous_refresh_hash and fresh:
        return Refresh.GRACE
    return Refresh.REUSED


def password_problem(password: str, email: str = "", name: str = "") -> FieldError | None:
    """What is wrong with a new password, or None. Length counts; composition rules do not help people."""
    if len(password) < MIN_PASSWORD:
        return FieldError(
            N_("Use at least %(least)s characters; a few words in a row are fine."), {"least": MIN_PASSWORD}
        )
    if len(password) > MAX_PASSWORD:
        return FieldError(N_("Use at most %(most)s characters."), {"most": MAX_PASSWORD})
    if password.casefold() in COMMON or len(set(password)) < 4:
        return FieldError(N_("This password is among the first anybody would guess. Choose another."))
    if password.casefold() in {email.casefold(), email.casefold().partition("@")[0], name.casefold()}:
        return FieldError(
            N_("Your name or address is not a password. Choose something nobody knows about you.")
        )
    return None


def normalise_email(email: str) -> str:
    """The form by which two spellings of one address are compared."""
    local, _, domain = email.strip().rpartition("@")
    with contextlib.suppress(UnicodeError):  # what IDNA refuses is compared as it was typed
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}".lower()


def leaves_no_admin(admins: Collection[int], person_id: int, roles_after: Iterable[str]) -> bool:
    """Whether an organisation would be without an admin after ``person_id`` has only ``roles_after``."""
    return person_id in admins and len(set(admins)) == 1 and "admin" not in set(roles_after)
