"""Signing in with a password."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Origin
from core.accounts.models import Password, Person
from core.accounts.passwords import hash_password, is_outdated, password_matches
from core.accounts.queries import list_memberships
from core.accounts.rules import normalise_email
from core.audit.actions import record_audit


def sign_in(session: Session, email: str, password: str, now: dt.datetime) -> Person | None:
    """The account holder, or None when address and password do not belong together."""
    person = find_account(session, email)
    stored = session.get(Password, person.id) if person is not None else None
    if not password_matches(stored.hash if stored else None, password):
        return None
    if stored is not None and is_outdated(stored.hash):
        stored.hash = hash_password(password)
        stored.changed_at = now
    return person


def find_account(session: Session, email: str) -> Person | None:
    """The account of an address, however it is spelled."""
    query = select(Person).where(Person.email_normalised == normalise_email(email), Person.has_account)
    return session.scalar(query)


def record_sign_in(session: Session, person: Person, origin: Origin, *, accepted: bool) -> None:
    """An audit row in every organisation of the person: they signed in, or somebody failed to as them."""
    for member in list_memberships(session, person.id):
        record_audit(
            session,
            "session.opened" if accepted else "session.refused",
            organisation_id=member.organisation_id,
            actor_id=person.id if accepted else None,
            actor_name=person.name if accepted else "",
            subject_kind="person",
            subject_uuid=person.uuid,
            subject_name=person.name,
            address=origin.address,
            request_id=origin.request_id,
        )
