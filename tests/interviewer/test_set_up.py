"""The set-up wizard: behind the console's token, resumable, honest about what is skipped, ending in a link."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import func, select

from core.accounts.models import Membership, Organisation, Person, Role
from core.assessments.models import Assessment, AssessmentVersion, Proof, ProofState
from core.audit.models import AuditEvent
from core.base.clock import utc_now
from core.base.stored_settings import StoredSetting
from core.problems.actions.shipped import load_shipped_packs
from server.identity import ACCESS_COOKIE, REFRESH_COOKIE
from tests.core.notifications.smtp_server import smtp_server
from tests.web import make_web

FOUNDING = {
    "token": "let me in",
    "organisation": "Harbourline & Sons",
    "name": "Priya Raman",
    "email": "priya@example.org",
    "password": "four words in a row",
}


@pytest.fixture
def founder(client):
    """A browser that has just done the first step."""
    assert client.post("/set-up", data=FOUNDING).headers["Location"] == "/set-up/mail"
    return client


def test_the_first_step_makes_organisation_and_admin_and_signs_in(founder, session):
    member = session.scalar(select(Membership))
    assert sorted(member.roles) == ["admin", "interviewer", "recruiter"]
    assert session.scalar(select(Organisation.name)) == "Harbourline & Sons"
    assert founder.get("/set-up/mail").status_code == 200
    assert session.scalar(select(AuditEvent.kind)) == "organisation.founded"


@pytest.mark.parametrize("token", ["", "wrong", "let me i", "LET ME IN", "x" * 199, "\u00fc"])
def test_nobody_without_the_token(client, session, token):
    assert client.post("/set-up", data={**FOUNDING, "token": token}).status_code == 422
    assert session.scalar(select(func.count(Person.id))) == 0


def test_a_server_without_a_token_lets_nobody_in(services, database, redis, session):
    client = make_web(services, database, redis, setup_token="").client()
    assert "without a set-up token" in client.get("/set-up").text
    assert client.post("/set-up", data={**FOUNDING, "token": ""}).status_code == 422
    assert session.scalar(select(func.count(Person.id))) == 0


def test_guessing_the_token_ends_in_a_limit(client):
    tries = [client.post("/set-up", data={**FOUNDING, "token": f"guess {n}"}).status_code for n in range(21)]
    assert tries == [422] * 20 + [429]


@pytest.mark.parametrize(
    "wrong",
    [{"organisation": ""}, {"organisation": "x" * 121}, {"email": "nobody"}, {"password": "short"}, {"name": "\u200b"}],
)
def test_a_refused_first_step_leaves_nothing_behind(client, session, wrong):
    answer = client.post("/set-up", data={**FOUNDING, **wrong})
    assert answer.status_code == 422
    assert session.scalar(select(func.count(Organisation.id))) == 0
    assert "priya@example.org" in answer.text or "email" in wrong, "what was typed stays"


def test_once_set_up_the_token_opens_nothing(founder, web, session):
    second = web.client().post("/set-up", data={**FOUNDING, "email": "eve@example.org"})
    assert second.headers["Location"] == "/set-up"
    assert web.client().get("/set-up").headers["Location"] == "/"
    assert session.scalar(select(func.count(Person.id))) == 1


def test_two_people_with_the_token_at_once_make_one_organisation(services, real_database, redis):
    web = make_web(services, real_database, redis)
    start, answers = threading.Barrier(3), []

    def found(number):
        start.wait()
        form = {**FOUNDING, "email": f"person{number}@example.org"}
        answers.append(web.client().post("/set-up", data=form).headers.get("Location"))

    threads = [threading.Thread(target=found, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers.count("/set-up/mail") == 1
    with real_database.reading() as session:
        assert session.scalar(select(func.count(Organisation.id))) == 1
        assert session.scalar(select(func.count(Person.id))) == 1


def test_the_wizard_can_be_left_and_taken_up_again(founder, web):
    assert founder.get("/").headers["Location"] == "/set-up"
    assert founder.post("/set-up/mail", data={"deed": "skip"}).headers["Location"] == "/set-up/model"
    again = web.client()
    again.post("/sign-in", data={"email": "priya@example.org", "password": FOUNDING["password"]})
    assert again.get("/").headers["Location"] == "/set-up"
    assert again.get("/set-up").headers["Location"] == "/set-up/model"
    assert "Finish the set-up" in again.get("/team/people").text
    assert again.post("/set-up/model", data={"deed": "skip"}).headers["Location"] == "/set-up/assessment"
    assert again.get("/set-up/mail").status_code == 200, "going back is allowed"
    assert again.post("/set-up/mail", data={"deed": "skip"}).status_code == 302
    assert again.get("/set-up").headers["Location"] == "/set-up/assessment", "and loses nothing"
    assert again.post("/set-up/assessment", data={"deed": "skip"}).headers["Location"] == "/team/assessments"
    assert again.get("/").headers["Location"] == "/team/assessments"
    assert "Finish the set-up" not in again.get("/team/people").text


def test_others_do_not_see_the_wizard(founder, as_staff):
    assert as_staff(Role.RECRUITER).get("/set-up/mail").status_code == 403
    assert as_staff(Role.ADMIN).get("/").headers["Location"] == "/team/assessments", "another organisation"


def test_mail_is_tried_before_it_is_stored_and_its_password_sealed(founder, session):
    with smtp_server(needs_password=True) as post:
        form = {"host": "127.0.0.1", "port": post.port, "security": "none", "user": "proofroom", "password": "wrong one",
                "sender": "proof@example.org", "test_to": "priya@example.org"}  # fmt: skip
        failed = founder.post("/set-up/mail", data={**form, "deed": "try"})
        assert "535" in failed.text
        right = {**form, "password": "mail secret"}
        assert "took the test mail" in founder.post("/set-up/mail", data={**right, "deed": "try"}).text
        assert post.letters[0]["Subject"] == "A test mail from Proofroom"
        assert session.get(StoredSetting, "mail") is None
        assert founder.post("/set-up/mail", data={**right, "deed": "save"}).headers["Location"] == "/set-up/model"
        session.expire_all()
        stored = session.get(StoredSetting, "mail").value
        assert "mail secret" not in str(stored)
        page = founder.get("/set-up/mail").text
        assert "mail secret" not in page
        assert stored["password_sealed"] not in page
        kept = founder.post("/set-up/mail", data={**form, "password": "", "deed": "try"})
        assert "took the test mail" in kept.text, "an empty field means the stored password"
        moved = {**form, "password": "", "host": "localhost", "deed": "try"}
        assert "took the test mail" not in founder.post("/set-up/mail", data=moved).text, "but never for another server"


@pytest.mark.parametrize("wrong", [{"host": ""}, {"host": "http://x/"}, {"port": "0"}, {"port": "x"}, {"security": "rot13"}, {"sender": "x"}])
def test_mail_settings_that_make_no_sense(founder, session, wrong):
    form = {"host": "mail.example", "port": "587", "security": "starttls", "sender": "p@example.org", **wrong}
    assert founder.post("/set-up/mail", data={**form, "deed": "save"}).status_code == 422
    assert session.get(StoredSetting, "mail") is None


def load_packs(session):
    versions = load_shipped_packs(session, utc_now())
    session.commit()
    return versions


def prove(session, version, language, state=ProofState.PASSED, done=3):
    session.add(
        Proof(pack_version_id=version.id, language=language, toolchain="t", state=state, total=7, done=done,
              finished_at=utc_now() if state == ProofState.PASSED else None)
    )  # fmt: skip
    session.commit()


def test_packs_are_offered_as_far_as_they_are_proven(founder, session):
    assert "No pack yet" in founder.get("/set-up/assessment").text
    version = load_packs(session)[0]
    text = founder.get("/set-up/assessment").text
    assert version.pack.title in text
    assert "Use this one" not in text
    assert f"pack:{version.pack.uuid}" in text
    refused = founder.post("/set-up/assessment", data={"pack_version": version.uuid})
    assert refused.status_code == 409
    first, *others = version.manifest["languages"]
    prove(session, version, first)
    for other in others[:1]:
        prove(session, version, other, ProofState.RUNNING)
    text = founder.get("/set-up/assessment").text
    assert text.count("Use this one") == 1
    if others:
        assert "3 of 7" in text


def test_the_first_assessment_and_its_link(founder, session):
    version = load_packs(session)[0]
    language = version.manifest["languages"][0]
    prove(session, version, language)
    answer = founder.post("/set-up/assessment", data={"pack_version": version.uuid})
    made = session.scalar(select(Assessment))
    assert answer.headers["Location"] == f"/set-up/done?assessment={made.uuid}"
    page = founder.get(answer.headers["Location"]).text
    assert f"http://localhost:8000/join/{made.share_code}" in page
    assert "not verified" in re.sub(r"\s+", " ", page)
    body = session.scalar(select(AssessmentVersion.body))
    assert body["tasks"] == [{"pack_version": str(version.uuid), "languages": [language]}]
    assert body["contact"] == {"name": "Priya Raman", "email": "priya@example.org"}
    assert founder.get("/").headers["Location"] == "/team/assessments"


@pytest.mark.parametrize("wanted", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_packs_that_are_none(founder, session, wanted):
    assert founder.post("/set-up/assessment", data={"pack_version": wanted}).status_code == 404
    assert founder.get(f"/set-up/done?assessment={wanted}").status_code in (302, 404)


def test_the_last_page_is_ones_own(founder, session, as_staff):
    version = load_packs(session)[0]
    prove(session, version, version.manifest["languages"][0])
    place = founder.post("/set-up/assessment", data={"pack_version": version.uuid}).headers["Location"]
    assert as_staff(Role.ADMIN).get(place).status_code == 404


def test_cookies_of_the_founder_are_a_session(founder):
    assert founder.get_cookie(ACCESS_COOKIE)
    assert founder.get_cookie(REFRESH_COOKIE)
