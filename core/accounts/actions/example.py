"""The example organisation and its people: marked as such wherever they stand, and able to do little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.accounts.actions.people import NewAccount, create_account
from core.accounts.models import Membership, Organisation, Password, Person, Role
from core.accounts.passwords import hash_password


def found_example_organisation(session: Session, name: str, now: dt.datetime) -> Organisation:
    """An organisation that does not count as the deployment's first."""
    organisation = Organisation(name=name, created_at=now, is_example=True)
    session.add(organisation)
    session.flush()
    return organisation


def add_example_member(
    session: Session, organisation: Organisation, new: NewAccount, roles: Sequence[Role], now: dt.datetime
) -> Person:
    """A colleague of the example organisation. Never an admin: settings of the deployment are nobody's example.

    Raises Invalid for a taken address or a weak password, ValueError for a role that is too powerful.
    """
    if Role.ADMIN in roles:
        raise ValueError("nobody in the example organisation is an admin")
    person = create_account(session, new, now)
    person.is_example = True
    held = [role.value for role in roles]
    session.add(Membership(organisation_id=organisation.id, person_id=person.id, roles=held, created_at=now))
    session.flush()
    return person


def renew_example_password(session: Session, person: Person, password: str, now: dt.datetime) -> None:
    """A new password for somebody of the example organisation. Raises ValueError for anybody else."""
    if not person.is_example:
        raise ValueError("only people of the example organisation get a password this way")
    stored = session.get_one(Password, person.id, with_for_update=True)
    stored.hash, stored.changed_at = hash_password(password), now
