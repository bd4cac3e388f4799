"""Opening, refreshing and ending the sessions of signed-in browsers (decision 18)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.actor import Origin
from core.accounts.models import AccountSession, Person
from core.accounts.queries import facts_of
from core.accounts.rules import SESSION_SECONDS, Refresh, judge_refresh
from core.accounts.tokens import first_refresh_token, next_refresh_token
from core.audit.actions import record_audit
from core.base.ids import token_hash, uuid7
from core.base.realtime import close_sockets


@dataclass(frozen=True)
class OpenSession:
    """A session together with the refresh token that its browser must keep."""

    session_id: uuid.UUID
    person_id: int
    refresh_token: str


def open_session(
    session: Session, person_id: int, now: dt.datetime, origin: Origin, user_agent: str
) -> OpenSession:
    """A new session for a person who has just proved who they are."""
    token = first_refresh_token()
    row = AccountSession(
        id=uuid7(),
        person_id=person_id,
        refresh_hash=token_hash(token),
        rotated_at=now,
        last_seen_at=now,
        created_at=now,
        expires_at=now + dt.timedelta(seconds=SESSION_SECONDS),
        user_agent=user_agent[:200],
        address=origin.address[:64],
    )
    session.add(row)
    session.flush()
    return OpenSession(row.id, person_id, token)


def refresh_session(
    session: Session, session_id: uuid.UUID, presented: str, secret_key: str, now: dt.datetime, origin: Origin
) -> OpenSession | None:
    """Rotate the refresh token. None when the session is over; a token used twice ends its session."""
    row = session.scalar(select(AccountSession).where(AccountSession.id == session_id).with_for_update())
    if row is None:
        return None
    verdict = judge_refresh(facts_of(row), token_hash(presented), now)
    if verdict is Refresh.ENDED:
        return None
    if verdict is Refresh.REUSED:
        _end_stolen(session, row, now, origin)
        return None
    successor = next_refresh_token(secret_key, presented)
    if verdict is Refresh.CURRENT:
        row.previous_refresh_hash, row.refresh_hash = row.refresh_hash, token_hash(successor)
        row.rotated_at = row.last_seen_at = now
        row.expires_at = now + dt.timedelta(seconds=SESSION_SECONDS)
    return OpenSession(row.id, row.person_id, successor)


def _end_stolen(session: Session, row: AccountSession, now: dt.datetime, origin: Origin) -> None:
    row.revoked_at = now
    person = session.get_one(Person, row.person_id)
    record_audit(
        session,
        "session.reuse_found",
        organisation_id=None,
        actor_id=person.id,
        actor_name=person.name,
        subject_kind="session",
        subject_uuid=row.id,
        address=origin.address,
        request_id=origin.request_id,
    )
    close_sockets(session, f"session:{row.id}")


def end_session(
    session: Session, person_id: int, session_id: uuid.UUID, now: dt.datetime, origin: Origin
) -> bool:
    """Sign one browser of a person out; False when there was nothing to end."""
    return _end(session, person_id, now, origin, only=session_id) > 0


def end_all_sessions(
    session: Session, person_id: int, now: dt.datetime, origin: Origin, keep: uuid.UUID | None = None
) -> int:
    """Sign a person out everywhere (except in the browser ``keep``); returns how many browsers."""
    return _end(session, person_id, now, origin, keep=keep)


def _end(
    session: Session,
    person_id: int,
    now: dt.datetime,
    origin: Origin,
    only: uuid.UUID | None = None,
    keep: uuid.UUID | None = None,
) -> int:
    query = update(AccountSession).where(
        AccountSession.person_id == person_id, AccountSession.revoked_at.is_(None)
    )
    if only is not None:
        query = query.where(AccountSession.id == only)
    if keep is not None:
        query = query.where(AccountSession.id != keep)
    ended = session.scalars(query.values(revoked_at=now).returning(AccountSession.id)).all()
    for key in ended:
        close_sockets(session, f"session:{key}")
    if ended:
        person = session.get_one(Person, person_id)
        record_audit(
            session,
            "session.ended",
            organisation_id=None,
            actor_id=person.id,
            actor_name=person.name,
            details={"browsers": len(ended)},
            address=origin.address,
            request_id=origin.request_id,
        )
    return len(ended)
