"""Accounts: made once, changed by their owner."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.accounts.actions.sessions import end_all_sessions
from core.accounts.actions.signing_in import find_account
from core.accounts.actor import Origin
from core.accounts.models import Identity, Password, Person, Provider
from core.accounts.passwords import hash_password, password_matches
from core.accounts.queries import list_memberships
from core.accounts.rules import normalise_email, password_problem
from core.audit.actions import record_audit
from core.base.errors import N_, Invalid

TAKEN = N_("There is already an account for this address. Sign in with it.")


@dataclass(frozen=True)
class NewAccount:
    """What somebody tells about themselves to get an account."""

    name: str
    email: str
    password: str
    locale: str = "en"
    time_zone: str = "UTC"


@dataclass(frozen=True)
class Preferences:
    """What people decide about their own pages."""

    name: str
    locale: str
    time_zone: str
    theme: str
    single_keys: bool


def create_account(session: Session, new: NewAccount, now: dt.datetime) -> Person:
    """An account that signs in with a password. Raises Invalid for a taken address or a weak password."""
    problem = password_problem(new.password, new.email, new.name)
    if problem is not None:
        raise Invalid({"password": [problem]})
    if find_account(session, new.email) is not None:
        raise Invalid.one("email", TAKEN)
    normalised = normalise_email(new.email)
    person = Person(
        name=new.name,
        email=new.email,
        email_normalised=normalised,
        has_account=True,
        locale=new.locale,
        time_zone=new.time_zone,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # two forms sent at once: the index is the judge
        raise Invalid.one("email", TAKEN) from None
    session.add(Password(person_id=person.id, hash=hash_password(new.password), changed_at=now))
    session.add(Identity(person_id=person.id, provider=Provider.PASSWORD, subject=normalised, created_at=now))
    session.flush()
    return person


def change_password(
    session: Session,
    person_id: int,
    current: str,
    wanted: str,
    now: dt.datetime,
    origin: Origin,
    keep: uuid.UUID | None,
) -> None:
    """Change one's own password and sign out every other browser. Raises Invalid."""
    person = session.get_one(Person, person_id)
    stored = session.get_one(Password, person_id, with_for_update=True)
    if not password_matches(stored.hash, current):
        raise Invalid.one("current_password", N_("This is not your current password."))
    problem = password_problem(wanted, person.email or "", person.name)
    if problem is not None:
        raise Invalid({"new_password": [problem]})
    stored.hash, stored.changed_at = hash_password(wanted), now
    end_all_sessions(session, person_id, now, origin, keep=keep)
    audit_person(session, person, "password.changed", origin)


def change_preferences(session: Session, person_id: int, wanted: Preferences) -> None:
    """Store what a person decided about their own pages."""
    person = session.get_one(Person, person_id)
    person.name, person.locale, person.time_zone = wanted.name, wanted.locale, wanted.time_zone
    person.theme, person.single_keys = wanted.theme, wanted.single_keys


def audit_person(session: Session, person: Person, kind: str, origin: Origin) -> None:
    """A row about a person's own deed, in every organisation they belong to."""
    for member in list_memberships(session, person.id):
        record_audit(
            session,
            kind,
            organisation_id=member.organisation_id,
            actor_id=person.id,
            actor_name=person.name,
            subject_kind="person",
            subject_uuid=person.uuid,
            subject_name=person.name,
            address=origin.address,
            request_id=origin.request_id,
        )
