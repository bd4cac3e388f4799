"""The mails that candidates get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.assessments.models import Assessment, AssessmentVersion
from core.assessments.rules.body import body_from_json
from core.notifications.actions import send_mail


class Addressed(Protocol):
    """Who gets a link."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def link(self) -> str: ...


def mail_invitations(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    people: Sequence[Addressed],
    multiplier: Decimal,
    now: dt.datetime,
) -> None:
    """Write each person a mail with their link, in the sender's language: theirs is not known yet."""
    organisation = session.get_one(Organisation, actor.organisation_id)
    version = session.get_one(AssessmentVersion, assessment.current_version_id)
    body = body_from_json(version.body)
    minutes = (Decimal(body.time.limit_minutes) * multiplier).quantize(Decimal(1), ROUND_HALF_UP)
    values = {
        "inviter": actor.name,
        "organisation": organisation.name,
        "role": body.role_title,
        "minutes": int(minutes),
        "opens_at": body.window.opens_at,
        "closes_at": body.window.closes_at,
        "zone": actor.time_zone,
        "contact_name": body.contact.name,
        "contact_email": body.contact.email,
    }
    for person in people:
        send_mail(
            session,
            "invitation",
            organisation_id=actor.organisation_id,
            to_address=person.email,
            to_name=person.name,
            locale=actor.locale,
            link=person.link,
            values=values,
            now=now,
        )
