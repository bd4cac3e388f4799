"""The people screen: inviting, roles, removing, and that somebody always stays admin."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import select

from core.accounts.actions.members import change_roles, remove_member
from core.accounts.models import ColleagueInvitation, Membership, Person, Role
from core.audit.models import AuditEvent
from core.base.clock import utc_now
from core.base.errors import Conflict
from core.base.realtime import set_closer
from core.notifications.models import OutgoingMail
from tests.factories import make_member, make_organisation


def roles_in(session, actor):
    row = session.scalar(select(Membership).where(Membership.person_id == actor.person_id))
    session.refresh(row)
    return None if row.ended_at else row.roles


def test_an_invitation_shows_its_link_once_and_writes_a_mail(as_staff, client, session, organisation):
    admin = as_staff(Role.ADMIN)
    answer = admin.post("/team/people/invite", data={"email": "dan@example.org", "roles": ["admin", "recruiter"]})
    link = re.search(r'id="fresh-link">([^<]+)<', answer.text)[1]
    assert "no mail leaves this machine" in answer.text
    path = link.removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200
    mail = session.scalar(select(OutgoingMail))
    assert (mail.to_address, mail.link, mail.kind) == ("dan@example.org", link, "colleague")
    assert link not in admin.get("/team/people").text
    assert session.scalar(select(ColleagueInvitation.roles)) == ["admin", "recruiter"]


def test_a_recruiter_cannot_read_an_admins_link_in_the_outbox(as_staff, session, organisation):
    as_staff(Role.ADMIN).post("/team/people/invite", data={"email": "dan@example.org", "roles": ["admin"]})
    mail = session.scalar(select(OutgoingMail))
    recruiter = as_staff(Role.RECRUITER)
    assert recruiter.get(f"/team/mail/{mail.uuid}").status_code == 404
    assert "dan@example.org" not in recruiter.get("/team/mail").text
    assert as_staff(Role.ADMIN).get(f"/team/mail/{mail.uuid}").status_code == 200


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"email": "", "roles": ["admin"]}, "Enter your colleague"),
        ({"email": "no address", "roles": ["admin"]}, "not an e-mail address"),
        ({"email": "<b>@example.org", "roles": ["admin"]}, "not an e-mail address"),
        ({"email": "dan@example.org"}, "at least one role"),
        ({"email": "dan@example.org", "roles": ["owner"]}, "not a valid choice"),
        ({"email": "x" * 250 + "@example.org", "roles": ["admin"]}, "254"),
    ],
)
def test_invitations_that_make_no_sense(as_staff, session, form, says):
    answer = as_staff(Role.ADMIN).post("/team/people/invite", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert session.scalar(select(ColleagueInvitation)) is None


def test_members_are_not_invited_again(as_staff, session, organisation):
    admin, member = as_staff(Role.ADMIN), make_member(session, organisation, name="Daniel")
    email = session.get(Person, member.person_id).email
    answer = admin.post("/team/people/invite", data={"email": email.upper(), "roles": ["admin"]})
    assert answer.status_code == 422
    assert "belongs to your organisation already" in answer.text


def test_roles_change_and_cut_open_sockets(as_staff, session):
    admin, member = as_staff(Role.ADMIN), as_staff(Role.RECRUITER, name="Daniel")
    closed = []
    set_closer(closed.append)
    url = f"/team/people/{member.actor.person_uuid}/roles"
    assert admin.post(url, data={"roles": ["interviewer"]}).status_code == 302
    assert roles_in(session, member.actor) == ["interviewer"]
    assert len(closed) == 1
    assert member.get("/team/mail").status_code == 403, "at once, in the same session"
    assert "at least one role" in admin.post(url, data={}, follow_redirects=True).text
    row = session.scalar(select(AuditEvent).where(AuditEvent.kind == "member.roles_changed"))
    assert row.details == {"before": ["recruiter"], "after": ["interviewer"]}


def test_a_removed_member_is_out_at_once(as_staff, session):
    admin, member = as_staff(Role.ADMIN), as_staff(Role.RECRUITER, name="Daniel")
    url = f"/team/people/{member.actor.person_uuid}/remove"
    assert admin.post(url).status_code == 302
    assert member.get("/team/people").status_code == 403
    assert admin.post(url).status_code == 404
    assert "Daniel" not in admin.get("/team/people").text.split("Members", 1)[1].split("Invite", 1)[0]


def test_the_last_admin_stays(as_staff, session):
    admin = as_staff(Role.ADMIN)
    own = f"/team/people/{admin.actor.person_uuid}"
    for url, form in ((f"{own}/remove", {}), (f"{own}/roles", {"roles": ["recruiter"]})):
        assert "Somebody must stay admin" in admin.post(url, data=form, follow_redirects=True).text
    assert roles_in(session, admin.actor) == ["admin"]
    as_staff(Role.ADMIN, name="Second")
    assert admin.post(f"{own}/remove").status_code == 302
    assert admin.get("/team/people").status_code == 403


def test_members_of_other_organisations_are_out_of_reach(as_staff, session):
    admin = as_staff(Role.ADMIN)
    other = as_staff(Role.ADMIN, of=make_organisation(session, "Elsewhere"), name="Other")
    url = f"/team/people/{other.actor.person_uuid}"
    assert admin.post(f"{url}/remove").status_code == 404
    assert admin.post(f"{url}/roles", data={"roles": ["admin"]}).status_code == 404
    assert "Other" not in admin.get("/team/people").text


def test_withdrawing_an_invitation(as_staff, session):
    admin = as_staff(Role.ADMIN)
    admin.post("/team/people/invite", data={"email": "dan@example.org", "roles": ["admin"]})
    row = session.scalar(select(ColleagueInvitation))
    other = as_staff(Role.ADMIN, of=make_organisation(session, "Elsewhere"))
    url = f"/team/people/invitations/{row.uuid}/revoke"
    assert other.post(url).status_code == 404
    assert admin.post(url).status_code == 302
    admin.get("/team/people")  # shows the message once
    assert "dan@example.org" not in admin.get("/team/people").text
    session.refresh(row)
    assert row.revoked_at is not None


def test_two_admins_who_demote_each_other_at_once(real_database):
    with real_database.unit_of_work() as session:
        organisation = make_organisation(session)
        admins = [make_member(session, organisation, Role.ADMIN) for _ in range(2)]
    start, outcomes = threading.Barrier(2), []

    def demote(actor, other):
        start.wait()
        try:
            with real_database.unit_of_work() as session:
                change_roles(session, actor, other.person_uuid, [Role.RECRUITER])
            outcomes.append("done")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=demote, args=pair) for pair in (admins, admins[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["done", "refused"]


def test_an_admin_removed_meanwhile_may_still_not_leave_nobody(session, organisation):
    first, second = (make_member(session, organisation, Role.ADMIN) for _ in range(2))
    remove_member(session, first, second.person_uuid, utc_now())
    with pytest.raises(Conflict):
        remove_member(session, first, first.person_uuid, utc_now())
