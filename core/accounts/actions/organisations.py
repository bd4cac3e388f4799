"""Organisations: founded by the set-up, named by their admins."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.accounts.actor import Actor, Origin
from core.accounts.audit import audit
from core.accounts.models import Membership, Organisation, Person, Role
from core.accounts.queries import some_organisation_exists
from core.audit.actions import record_audit
from core.base.errors import N_, Gone

FIRST_RUN_LOCK = 7_306_527_119


def found_first_organisation(
    session: Session, name: str, person: Person, now: dt.datetime, origin: Origin
) -> Organisation:
    """The first organisation of this deployment, with its admin. Raises Gone when somebody was faster."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FIRST_RUN_LOCK})
    if some_organisation_exists(session):
        raise Gone(N_("The set-up has been done already. Sign in instead."), code="already_set_up")
    return found_organisation(session, name, person, now, origin)


def found_organisation(
    session: Session, name: str, person: Person, now: dt.datetime, origin: Origin
) -> Organisation:
    """An organisation whose admin is ``person``."""
    organisation = Organisation(name=name, created_at=now)
    session.add(organisation)
    session.flush()
    roles = [Role.ADMIN.value, Role.RECRUITER.value, Role.INTERVIEWER.value]
    session.add(Membership(organisation_id=organisation.id, person_id=person.id, roles=roles, created_at=now))
    record_audit(
        session,
        "organisation.founded",
        organisation_id=organisation.id,
        actor_id=person.id,
        actor_name=person.name,
        subject_kind="organisation",
        subject_uuid=organisation.uuid,
        subject_name=name,
        address=origin.address,
        request_id=origin.request_id,
    )
    session.flush()
    return organisation


def rename_organisation(session: Session, actor: Actor, name: str) -> None:
    """Change the name that everybody sees."""
    actor.need(Role.ADMIN)
    organisation = session.get_one(Organisation, actor.organisation_id)
    if organisation.name == name:
        return
    before, organisation.name = organisation.name, name
    audit(session, actor, "organisation.renamed", "organisation", organisation.uuid, name, before=before)
