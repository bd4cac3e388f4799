"""The answer to a start may get lost, or the button be pressed twice: the same browser still gets in, another does not."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, func, select

from core.assessments.actions.start import Consent, Entry, start_attempt
from core.assessments.models import AssessmentVersion, Attempt
from core.base.clock import utc_now
from core.base.errors import Conflict
from portal.invitations import views as invitations
from tests.portal.test_attempt_story import START, invite

__all__ = ["invite"]


def consent(client, url):
    return {**START, "manifest": re.search(r'name="manifest"[^>]*value="([0-9a-f]{64})"', client.get(url).text)[1]}


def copy_of(web, client):
    """A browser with the cookies of ``client`` as they are now."""
    other = web.client()
    for cookie in client._cookies.values():
        other.set_cookie(cookie.key, cookie.value, path=cookie.path)
    return other


def test_a_lost_answer_is_given_again_to_the_same_browser_alone(web, client, session, real_assessment, invite):
    url = invite(real_assessment())
    data = consent(client, url)
    before = copy_of(web, client)
    started = client.post(url, data=data)
    code = re.search(r'id="resume-code">([A-Z0-9-]{9})<', client.get(started.location).text)[1]
    for again in (before.get(url), before.post(url, data=data)):
        assert again.location == started.location
    assert code in before.get(started.location).text
    stranger = web.client()
    assert stranger.get(stranger.get(url).location).location.endswith("/resume")
    assert session.scalar(select(func.count(Attempt.id))) == 1


def test_the_second_click_finds_what_the_first_one_started(web, client, session, real_assessment, invite, monkeypatch):
    url = invite(real_assessment())
    data = consent(client, url)
    second = copy_of(web, client)
    started = client.post(url, data=data)
    seen = iter([None])  # the second request looked before the first one was committed
    look = invitations.attempt_of_invitation
    monkeypatch.setattr(invitations, "attempt_of_invitation", lambda *args: next(seen, look(*args)))
    answer = second.post(url, data=data)
    assert (answer.status_code, answer.location) == (302, started.location)
    assert second.get(answer.location).status_code == 200
    assert session.scalar(select(func.count(Attempt.id))) == 1


def test_two_starts_of_one_person_stand_in_line(session, real_assessment):
    assessment = real_assessment()
    asked = []
    event.listen(session.connection(), "before_cursor_execute", lambda c, k, statement, *rest: asked.append(statement))
    version = session.get_one(AssessmentVersion, assessment.current_version_id)
    entry = Entry(assessment, version, None, "ada@example.org", True)
    with pytest.raises(Conflict):
        _refuse_twice(session, entry)
    locked = next(n for n, statement in enumerate(asked) if "pg_advisory_xact_lock" in statement)
    looked = next(n for n, statement in enumerate(asked) if "FROM attempts" in statement)
    assert locked < looked


def _refuse_twice(session, entry):
    consent = Consent(entry.version.manifest_hash, "en", "0" * 64, True)
    for _ in range(2):
        start_attempt(session, entry, "Ada", {}, consent, utc_now())
