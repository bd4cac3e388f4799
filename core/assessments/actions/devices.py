"""Which browsers may work on an attempt: the one that started it, and those let in by a code (decision 20)."""

from __future__ import annotations

import datetime as dt
import hmac

from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptDevice
from core.base.ids import new_token, token_hash
from core.ledger.actions import append_events
from core.ledger.rules import NewEvent
from evidence.kinds import Kind


def let_in(
    session: Session, attempt: Attempt, how: str, now: dt.datetime, token: str = ""
) -> tuple[AttemptDevice, str]:
    """Remember a browser, with the token for its cookie (a new one unless given); ``how`` is start, resume_code or mail_code."""
    token = token or new_token()
    device = AttemptDevice(
        attempt_id=attempt.id, token_hash=token_hash(token), how=how, created_at=now, last_seen_at=now
    )
    session.add(device)
    session.flush()
    return device, token


def resume_by_code(session: Session, attempt: Attempt, typed: str, now: dt.datetime) -> str | None:
    """The token for another browser when the resume code is right, else None. Logged in the evidence."""
    letters = "".join(c for c in typed.upper() if c.isalnum())[:8]
    right = token_hash(f"{attempt.uuid}\0{letters[:4]}-{letters[4:]}")
    if not hmac.compare_digest(right, attempt.resume_code_hash):
        return None
    return resume(session, attempt, "resume_code", now)


def resume(session: Session, attempt: Attempt, how: str, now: dt.datetime) -> str:
    """Let in another browser after its code was checked; the record says that it happened and how."""
    device, token = let_in(session, attempt, how, now)
    if attempt.sealed_at is None:
        payload = {"device": str(device.uuid), "how": how}
        append_events(session, attempt.log_id, [NewEvent(Kind.RESUMED_ELSEWHERE, payload)], now)
    return token
