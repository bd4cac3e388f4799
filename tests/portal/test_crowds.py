"""Many people behind one network address: they all get in, and nobody uses a shared code to flood mailboxes."""

from __future__ import annotations

from sqlalchemy import func, select

from core.base import limits
from core.base.limits import Limit
from core.notifications.models import OutgoingMail
from portal.attempts import views as attempts
from portal.invitations import views as invitations
from tests.portal.test_attempt_story import begin, invite
from tests.web import make_web

HALL = 500  # people who start in the same ten minutes
REQUESTS = 8  # address, digits, landing and start, each read and sent
__all__ = ["invite"]


def test_a_full_lecture_hall_starts_behind_one_address():
    assert min(limits.SHARE_CODE_PER_ADDRESS.count, limits.SHARE_CODE_PER_CODE.count) >= HALL * REQUESTS
    assert limits.LINK_PER_ADDRESS.count >= HALL * REQUESTS
    assert limits.START_MAILS_PER_ADDRESS.count >= HALL


def test_a_shared_code_sends_no_flood_of_mails(services, database, redis, session, real_assessment, monkeypatch):
    monkeypatch.setattr(invitations, "START_MAILS_PER_ADDRESS", Limit("start_mails_address", 2, 600))
    web, place = make_web(services, database, redis, smtp_url="smtps://m.example"), f"/join/{real_assessment().share_code}"
    answers = [web.client().post(place, data={"email": f"victim{n}@example.org"}).status_code for n in range(3)]
    assert answers == [302, 302, 429]
    assert session.scalar(select(func.count(OutgoingMail.id))) == 2


def test_saving_without_end_is_slowed_down(client, real_assessment, invite, monkeypatch):
    monkeypatch.setattr(attempts, "ANSWERS_PER_ATTEMPT", Limit("answers", 2, 60))
    place, _ = begin(client, invite(real_assessment()))
    saves = [
        client.put(f"{place}/answers", json={"question": "note", "text": f"{n}", "version": n}).status_code
        for n in range(3)
    ]
    assert saves == [200, 200, 429]
