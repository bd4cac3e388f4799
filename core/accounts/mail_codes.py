"""Six-digit codes by mail: prove an address before a start, or let in another device.

A code is stored as a hash salted with what it is for, lives ten minutes and dies after five wrong tries. A new code
replaces the older ones for the same purpose and subject.
"""

from __future__ import annotations

import datetime as dt
import hmac

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.models import MailCode
from core.base.errors import N_, Invalid
from core.base.ids import new_digits, token_hash

LIFE_SECONDS = 600
MAX_TRIES = 5


def _hash(purpose: str, subject: str, code: str) -> str:
    return token_hash(f"{purpose}\0{subject}\0{code}")


def make_mail_code(session: Session, purpose: str, subject: str, now: dt.datetime) -> str:
    """A fresh code for ``subject`` (whose, for what); earlier unused ones stop working. The caller mails it."""
    same = (MailCode.purpose == purpose, MailCode.subject == subject, MailCode.used_at.is_(None))
    session.execute(update(MailCode).where(*same).values(expires_at=now))
    code = new_digits()
    session.add(
        MailCode(
            purpose=purpose,
            subject=subject,
            code_hash=_hash(purpose, subject, code),
            created_at=now,
            expires_at=now + dt.timedelta(seconds=LIFE_SECONDS),
        )
    )
    return code


def find_open_code(session: Session, purpose: str, subject: str, now: dt.datetime) -> MailCode | None:
    """The one code that would be accepted now, or None. Locks its row, so that tries are counted one by one."""
    query = (
        select(MailCode)
        .where(
            MailCode.purpose == purpose,
            MailCode.subject == subject,
            MailCode.used_at.is_(None),
            MailCode.expires_at > now,
            MailCode.tries < MAX_TRIES,
        )
        .order_by(MailCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    return session.scalar(query)


def use_mail_code(session: Session, purpose: str, subject: str, typed: str, now: dt.datetime) -> bool:
    """True and used up when ``typed`` is right; False counts a try, which the caller must let commit."""
    row = find_open_code(session, purpose, subject, now)
    if row is None:
        return False
    digits = "".join(c for c in typed if c.isdigit())
    if hmac.compare_digest(row.code_hash, _hash(purpose, subject, digits)):
        row.used_at = now
        return True
    row.tries += 1
    return False


def wrong_code() -> Invalid:
    """What a door raises (after the try was committed) for a code that is wrong, used or too old."""
    return Invalid.one(
        "code", N_("This code is not right or no longer valid. Check the newest mail, or ask for a new code.")
    )
