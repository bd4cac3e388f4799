"""What stands before anybody comes: the organisation, its two people, the assessments and the invitations."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actions.example import (
    add_example_member,
    found_example_organisation,
    renew_example_password,
)
from core.accounts.actions.people import NewAccount
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person, Role
from core.assessments.actions.content import create_assessment
from core.assessments.actions.invitations import invite_candidates
from core.assessments.actions.sharing import open_share_code
from core.assessments.models import Assessment, AssessmentVersion
from core.assessments.rules.body import (
    AiMode,
    AiPolicy,
    Body,
    Contact,
    FollowUp,
    ShareLevel,
    Task,
    TimePolicy,
    TimeRule,
    Window,
)
from core.assessments.rules.invitations import Person as Invitee
from core.assessments.rules.manifests import make_manifest
from core.assessments.rules.rubrics import REAL_WORK
from core.base.links import Links
from jobs.demo.cast import COLLEAGUE, ORGANISATION, RECRUITER, Show, Visit
from jobs.demo.waiting import Proven
from jobs.demo.works import Work

AI_TEXT = "Use the tools that you would use at work. You answer for what you hand in, whoever wrote it."
DAYS_BACK = 9


@dataclass(frozen=True)
class House:
    """The example organisation and the two people who act in it."""

    organisation_id: int
    recruiter: Actor
    colleague: Actor


def find_house(session: Session) -> House | None:
    """The example organisation that an earlier start made."""
    wanted = select(Organisation).where(Organisation.is_example, Organisation.name == ORGANISATION)
    organisation = session.scalar(wanted.order_by(Organisation.id))
    if organisation is None:
        return None
    return House(
        organisation.id, _actor(session, organisation, RECRUITER), _actor(session, organisation, COLLEAGUE)
    )


def found_house(session: Session, now: dt.datetime) -> House:
    """Make the organisation with its recruiter and an interviewer."""
    organisation = found_example_organisation(session, ORGANISATION, now)
    for (name, email), roles in (
        (RECRUITER, (Role.RECRUITER, Role.INTERVIEWER)),
        (COLLEAGUE, (Role.INTERVIEWER,)),
    ):
        unknown = secrets.token_urlsafe(24)  # until somebody asks for one, nobody knows a password
        add_example_member(session, organisation, NewAccount(name, email, unknown), roles, now)
    found = find_house(session)
    assert found is not None
    return found


def set_password(session: Session, house: House, password: str, now: dt.datetime) -> None:
    """The recruiter signs in with this from now on."""
    renew_example_password(session, session.get_one(Person, house.recruiter.person_id), password, now)


def _actor(session: Session, organisation: Organisation, who: tuple[str, str]) -> Actor:
    query = (
        select(Person, Membership.roles)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation.id, Person.is_example, Person.email == who[1])
    )
    person, roles = session.execute(query).one()
    return Actor(
        person.id, person.uuid, person.name, organisation.id, frozenset(Role(role) for role in roles)
    )


def find_assessment(session: Session, house: House, show: Show) -> Assessment | None:
    """The assessment of a show that an earlier start made."""
    mine = (
        Assessment.organisation_id == house.organisation_id,
        Assessment.title == show.title,
        Assessment.is_example,
    )
    return session.scalar(select(Assessment).where(*mine))


def make_assessment(
    session: Session,
    house: House,
    show: Show,
    proven: Proven,
    visits: list[Visit],
    links: Links,
    now: dt.datetime,
) -> Assessment:
    """Create it as a recruiter does, some days back, invite everybody who comes by a link, and open its code."""
    began_at = now - dt.timedelta(days=DAYS_BACK)
    assessment = create_assessment(session, house.recruiter, show.title, body_of(show, proven), began_at)
    assessment.is_example = True
    _invite(session, house, assessment, show, visits, links, began_at)
    open_share_code(session, house.recruiter, assessment.uuid)
    return assessment


def _invite(
    session: Session,
    house: House,
    assessment: Assessment,
    show: Show,
    visits: list[Visit],
    links: Links,
    now: dt.datetime,
) -> None:
    by_times: dict[str, list[Invitee]] = {}
    guests = [Visit(name, show.pack, Work(), 0, 0) for name in show.invited_only]
    for visit in [*visits, *guests]:
        if not visit.by_code:
            people = by_times.setdefault(visit.times, [])
            people.append(Invitee(len(people) + 1, visit.name, visit.email, visit.email))
    for times, people in by_times.items():
        invite_candidates(session, house.recruiter, assessment.uuid, people, Decimal(times), now, links)


def body_of(show: Show, proven: Proven) -> Body:
    """What the assessment says."""
    return Body(
        tasks=(Task(proven.version_uuid, proven.languages),),
        rubric=REAL_WORK,
        time=TimeRule(show.limit_minutes, TimePolicy.OVERTIME if show.overtime else TimePolicy.HARD_STOP),
        window=Window(),
        ai_policy=AiPolicy(AiMode.PERMITTED, AI_TEXT),
        manifest=make_manifest(),
        follow_ups=tuple(
            FollowUp(f"question_{number}", text, required=number == 1)
            for number, text in enumerate(proven.questions[:3], start=1)
        ),
        share_level=ShareLevel.OVERALL,
        contact=Contact(*RECRUITER),
        role_title=show.role,
        intro=show.intro,
    )


def current_version(session: Session, assessment: Assessment) -> AssessmentVersion:
    """The version that attempts begin with."""
    return session.get_one(AssessmentVersion, assessment.current_version_id)
