"""Personal links: one a person, shown once, mailed, renewed, withdrawn and given back; time arranged before the start."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.models import Role
from core.assessments.actions.content import archive_assessment
from core.assessments.actions.invitations import (
    invite_candidates,
    renew_link,
    restore_invitation,
    revoke_invitation,
    set_arrangement,
)
from core.assessments.models import Invitation
from core.assessments.rules.invitations import Person, read_people
from core.audit.models import AuditEvent
from core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from core.base.ids import token_hash
from core.base.links import Links
from core.notifications.models import OutgoingMail
from tests.core.assessments.bodies import good_body
from tests.factories import (
    NOW,
    make_assessment,
    make_attempt,
    make_invitation,
    make_member,
    make_organisation,
    make_pack_version,
)

LINKS = Links("https://proofroom.example")
ONE = Decimal(1)


@pytest.fixture
def world(session: Session) -> Any:
    organisation = make_organisation(session)
    assessment = make_assessment(session, organisation)
    return organisation, assessment, make_member(session, organisation)


def invite(session: Session, world: Any, text: str, multiplier: Decimal = ONE) -> Any:
    _, assessment, actor = world
    return invite_candidates(
        session, actor, assessment.uuid, read_people(text).people, multiplier, NOW, LINKS
    )


def rows(session: Session) -> list[Invitation]:
    return list(session.scalars(select(Invitation).order_by(Invitation.id)))


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)))


def test_each_person_gets_one_link_by_mail(session: Session, world: Any) -> None:
    made = invite(session, world, "Amara <a@x.example>\nb@x.example", Decimal("1.5"))
    assert [link.email for link in made.links] == ["a@x.example", "b@x.example"]
    for row, link in zip(rows(session), made.links, strict=True):
        token = link.link.removeprefix("https://proofroom.example/i/")
        assert len(token) >= 43
        assert row.token_hash == token_hash(token)
        assert (row.multiplier, row.uuid) == (Decimal("1.50"), link.invitation_uuid)
    mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert [mail.to_address for mail in mails] == ["a@x.example", "b@x.example"]
    assert mails[0].kind == "invitation"
    assert made.links[0].link in mails[0].text
    assert made.links[0].link in mails[0].html
    assert "Hello Amara," in mails[0].text
    assert "90 minutes" in mails[0].text
    [event] = session.scalars(select(AuditEvent))
    assert (event.kind, event.details) == ("candidates.invited", {"count": 2, "multiplier": "1.50"})
    assert all("/i/" not in str(value) for value in event.details.values())


def test_who_has_a_link_keeps_it(session: Session, world: Any) -> None:
    first = invite(session, world, "a@x.example")
    again = invite(session, world, "A@X.example, c@x.example")
    assert [person.email for person in again.already] == ["A@X.example"]
    assert [link.email for link in again.links] == ["c@x.example"]
    assert rows(session)[0].token_hash == token_hash(first.links[0].link.rsplit("/", 1)[1])
    nobody = invite(session, world, "a@x.example")
    assert nobody.links == ()
    assert kinds(session) == ["candidates.invited"] * 2


def test_somebody_withdrawn_can_be_invited_again(session: Session, world: Any) -> None:
    invite(session, world, "a@x.example")
    revoke_invitation(session, world[2], rows(session)[0].uuid, NOW)
    made = invite(session, world, "a@x.example")
    [row] = rows(session)
    assert row.revoked_at is None
    assert row.token_hash == token_hash(made.links[0].link.rsplit("/", 1)[1])


def test_hostile_names_stay_text_in_the_mail(session: Session, world: Any) -> None:
    person = Person(1, "<script>alert(1)</script> %(link)s {{ link }}", "a@x.example", "a@x.example")
    _, assessment, actor = world
    invite_candidates(session, actor, assessment.uuid, [person], ONE, NOW, LINKS)
    [mail] = session.scalars(select(OutgoingMail))
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "%(link)s {{ link }}" in mail.text


@pytest.mark.parametrize("multiplier", ["0.99", "4.01", "1.001", "NaN", "Infinity", "-1", "1e30"])
def test_arrangements_are_bounded(session: Session, world: Any, multiplier: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(session, world, "a@x.example", Decimal(multiplier))
    assert list(refused.value.fields) == ["multiplier"]
    row = make_invitation(session, world[1])
    with pytest.raises(Invalid):
        set_arrangement(session, world[2], row.uuid, Decimal(multiplier))


def test_renewing_kills_the_old_link(session: Session, world: Any) -> None:
    old = invite(session, world, "a@x.example").links[0]
    revoke_invitation(session, world[2], old.invitation_uuid, NOW)
    fresh = renew_link(session, world[2], old.invitation_uuid, NOW, LINKS)
    [row] = rows(session)
    assert fresh.link != old.link
    assert row.token_hash == token_hash(fresh.link.rsplit("/", 1)[1])
    assert row.revoked_at is None
    assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 2


def test_withdrawing_can_be_taken_back(session: Session, world: Any) -> None:
    link = invite(session, world, "a@x.example").links[0]
    revoke_invitation(session, world[2], link.invitation_uuid, NOW)
    assert revoke_invitation(session, world[2], link.invitation_uuid, NOW).revoked_at == NOW
    before = rows(session)[0].token_hash
    assert restore_invitation(session, world[2], link.invitation_uuid).revoked_at is None
    assert rows(session)[0].token_hash == before
    assert kinds(session) == ["candidates.invited", "invitation.revoked", "invitation.restored"]


def test_the_arrangement_leaves_no_reason_behind(session: Session, world: Any) -> None:
    row = make_invitation(session, world[1])
    set_arrangement(session, world[2], row.uuid, Decimal("1.25"))
    set_arrangement(session, world[2], row.uuid, Decimal("1.25"))
    [event] = session.scalars(select(AuditEvent))
    assert (event.kind, event.details) == ("invitation.arranged", {"multiplier": "1.25"})


DEEDS: list[Callable[..., Any]] = [
    lambda s, a, u: renew_link(s, a, u, NOW, LINKS),
    lambda s, a, u: revoke_invitation(s, a, u, NOW),
    lambda s, a, u: restore_invitation(s, a, u),
    lambda s, a, u: set_arrangement(s, a, u, Decimal("1.5")),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_after_the_start_the_link_is_settled(session: Session, world: Any, deed: Callable[..., Any]) -> None:
    row = make_invitation(session, world[1])
    make_attempt(session, world[1], invitation_id=row.id)
    with pytest.raises(Conflict):
        deed(session, world[2], row.uuid)


@pytest.mark.parametrize("deed", DEEDS)
def test_links_belong_to_their_organisation(session: Session, world: Any, deed: Callable[..., Any]) -> None:
    row = make_invitation(session, world[1])
    with pytest.raises(NotFound):
        deed(session, make_member(session, make_organisation(session, "Elsewhere"), Role.ADMIN), row.uuid)
    with pytest.raises(NotAllowed):
        deed(session, make_member(session, world[0], Role.INTERVIEWER), row.uuid)


def test_nobody_is_invited_to_an_archive_or_in_crowds(session: Session, world: Any) -> None:
    _, assessment, actor = world
    with pytest.raises(Invalid):
        invite_candidates(session, actor, assessment.uuid, [], ONE, NOW, LINKS)
    crowd = [Person(n, "", f"p{n}@x.example", f"p{n}@x.example") for n in range(2001)]
    with pytest.raises(Invalid):
        invite_candidates(session, actor, assessment.uuid, crowd, ONE, NOW, LINKS)
    archive_assessment(session, actor, assessment.uuid, NOW)
    with pytest.raises(Conflict):
        invite(session, world, "a@x.example")


def test_the_body_of_a_real_assessment_reaches_the_mail(session: Session) -> None:
    from core.assessments.actions.content import create_assessment

    actor = make_member(session, make_organisation(session))
    body = good_body(make_pack_version(session).uuid)
    made = create_assessment(session, actor, "Payouts", body, NOW)
    invite_candidates(session, actor, made.uuid, read_people("a@x.example").people, ONE, NOW, LINKS)
    [mail] = session.scalars(select(OutgoingMail))
    assert mail.subject == "Your assessment for Senior backend engineer at Harbourline"
    assert "priya@harbourline.example" in mail.text
