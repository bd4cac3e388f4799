"""A candidate's way through the portal by HTTP: landing, consent, workspace, answers, submit, receipt, another device."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from sqlalchemy import func, select

from core.assessments.actions.attempts import apply_outages, close_due
from core.assessments.models import Answer, Attempt, AttemptDevice, Invitation
from core.base.clock import utc_now
from core.base.heartbeats import Outage
from core.base.ids import new_token, token_hash
from core.base.queue import Job
from core.ledger.models import EvidenceEvent
from core.ledger.queries import check_stored_log
from core.notifications.models import MailState, OutgoingMail
from core.workspaces.queries import files_of

QUESTIONS = [{"key": "risk", "text": "Which risk would you watch?", "required": True}]
START = {"name": "Ingrid Solheim", "agreed": "y", "own_work": "y", "language-0": "python"}


@pytest.fixture
def invite(session):
    def make(assessment, email="ingrid@example.org", **values):
        token = new_token()
        session.add(
            Invitation(
                assessment_id=assessment.id, email=email, email_normalised=email, name="Ingrid Solheim",
                token_hash=token_hash(token), **values,
            )
        )  # fmt: skip
        session.commit()
        return f"/i/{token}"

    return make


def start(client, url, **changes):
    landing = client.get(url)
    assert landing.status_code == 200, landing.text
    manifest = re.search(r'name="manifest"[^>]*value="([0-9a-f]{64})"', landing.text)[1]
    return client.post(url, data={**START, "manifest": manifest, **changes})


def begin(client, url, **changes):
    """Start and note the resume code; returns the attempt's address and the code."""
    answer = start(client, url, **changes)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.location)
    code = re.search(r'id="resume-code">([A-Z0-9]{4}-[A-Z0-9]{4})<', page.text)[1]
    client.post(f"{answer.location}/noted")
    return answer.location, code


def page_data(text):
    return json.loads(re.search(r'id="page-data">(.*?)</script>', text, re.S)[1])


def kinds(session, attempt):
    query = (
        select(EvidenceEvent.kind).where(EvidenceEvent.log_id == attempt.log_id).order_by(EvidenceEvent.seq)
    )
    return session.scalars(query).all()


def test_the_whole_way(client, session, real_assessment, invite, jobs):
    url = invite(real_assessment(follow_ups=QUESTIONS))
    place, _ = begin(client, url)
    page = client.get(place)
    assert page.status_code == 200
    assert "'nonce-" in page.headers["Content-Security-Policy"]
    data = page_data(page.text)
    assert data["state"]["status"] == "working"
    assert data["nonce"] in page.headers["Content-Security-Policy"]
    assert "hidden" not in json.dumps(data["state"]["runs"])
    assert client.get(url).location == place

    saved = client.put(data["urls"]["answer"], json={"question": "risk", "text": "Duplicates.", "version": 0})
    assert saved.json["version"] == 1
    assert client.get(data["urls"]["state"]).json["answers"][0]["text"] == "Duplicates."

    done = client.post(data["urls"]["submit"], json={"note": "All there.", "request": "x"})
    assert done.json == {"url": f"{place}/receipt"}
    assert client.post(data["urls"]["submit"], json={"note": "Again.", "request": "y"}).json == done.json
    attempt = session.scalars(select(Attempt)).one()
    receipt = client.get(done.json["url"])
    assert attempt.receipt_leaf in receipt.text
    assert [job for job in jobs if job[0] is Job.GRADE_ATTEMPT] == [(Job.GRADE_ATTEMPT, [attempt.id])]
    assert kinds(session, attempt) == ["consented", "answered", "answered", "submitted", "sealed"]
    assert check_stored_log(session, attempt.log_id).holds
    assert client.get(place).location == f"{place}/receipt"


def test_nothing_starts_without_agreement_name_or_the_shown_manifest(
    client, session, real_assessment, invite
):
    url = invite(real_assessment())
    for changes, words in [
        ({"agreed": ""}, "agree"),
        ({"own_work": ""}, "agree"),
        ({"name": "  "}, "name"),
        ({"manifest": "0" * 64}, "changed while this page was open"),
        ({"language-0": "cobol"}, "valid choice"),
    ]:
        answer = start(client, url, **changes)
        assert answer.status_code == 422, changes
        assert words.lower() in answer.text.lower()
        assert "Ingrid" in answer.text or changes.get("name") is not None
    assert session.scalar(select(func.count(Attempt.id))) == 0


def test_a_required_answer_is_asked_for_before_the_end(client, real_assessment, invite):
    place, _ = begin(client, invite(real_assessment(follow_ups=QUESTIONS)))
    refused = client.post(f"{place}/submit", json={"note": "", "request": "x"})
    assert refused.status_code == 422
    assert "answer-risk" in refused.json["fields"]
    assert client.get(f"{place}/state").json["status"] == "working"


def test_an_old_tab_cannot_overwrite_a_newer_answer(client, real_assessment, invite):
    place, _ = begin(client, invite(real_assessment(follow_ups=QUESTIONS)))
    def say(text, version):
        return client.put(
            f"{place}/answers", json={"question": "risk", "text": text, "version": version}
        )
    assert say("One", 0).json["version"] == 1
    assert say("Two", 1).json["version"] == 2
    assert say("Other tab", 1).status_code == 409
    assert say("Two", 1).json["version"] == 2
    assert client.get(f"{place}/state").json["answers"][0]["text"] == "Two"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"question": 1},
        {"question": "risk", "text": "x" * 10_001, "version": 0},
        {"question": "risk", "text": "x", "version": True},
    ],
)
def test_malformed_answers_are_refused_in_words(client, real_assessment, invite, body):
    place, _ = begin(client, invite(real_assessment(follow_ups=QUESTIONS)))
    assert client.put(f"{place}/answers", json=body).status_code == 422


def test_another_device_needs_the_resume_code(web, client, session, real_assessment, invite):
    place, code = begin(client, invite(real_assessment()))
    other = web.client()
    assert other.get(place).location == f"{place}/resume"
    assert other.get(f"{place}/state", headers={"Accept": "application/json"}).status_code in (401, 403)
    assert other.post(f"{place}/resume", data={"code": "AAAA-BBBB"}).status_code == 422
    assert other.post(f"{place}/resume", data={"code": code.lower().replace("-", " ")}).location == place
    assert other.get(place).status_code == 200
    attempt = session.scalars(select(Attempt)).one()
    assert kinds(session, attempt) == ["consented", "resumed_elsewhere"]
    assert session.scalar(select(func.count(AttemptDevice.id))) == 2


def test_resume_codes_cannot_be_tried_for_ever(web, client, real_assessment, invite):
    place, code = begin(client, invite(real_assessment()))
    other = web.client()
    answers = [other.post(f"{place}/resume", data={"code": "AAAA-BBBB"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert other.post(f"{place}/resume", data={"code": code}).status_code == 429


def test_a_shared_code_without_mail_is_unverified_and_does_not_block_a_personal_link(
    web, session, real_assessment, invite
):
    assessment = real_assessment()
    by_code = web.client()
    assert (
        by_code.post("/join", data={"code": assessment.share_code.lower()}).location
        == f"/join/{assessment.share_code}"
    )
    by_code.post(f"/join/{assessment.share_code}", data={"email": "ingrid@example.org"})
    begin(by_code, f"/join/{assessment.share_code}")
    begin(web.client(), invite(assessment))
    found = session.execute(select(Attempt.identity_provider, Attempt.verified).order_by(Attempt.id)).all()
    assert [tuple(row) for row in found] == [("code", False), ("link", False)]


def test_the_same_address_by_shared_code_goes_on_instead_of_starting_twice(web, session, real_assessment):
    assessment = real_assessment()
    for number in range(2):
        browser = web.client()
        browser.post(f"/join/{assessment.share_code}", data={"email": "Ingrid@Example.org"})
        answer = browser.get(f"/join/{assessment.share_code}")
        if number == 0:
            begin(browser, f"/join/{assessment.share_code}")
        else:
            assert "/attempts/" in answer.location
    assert session.scalar(select(func.count(Attempt.id))) == 1


def test_a_withdrawn_link_and_a_closed_window_say_so(client, session, real_assessment, invite):
    past = (utc_now() - dt.timedelta(days=1)).isoformat()
    closed = invite(real_assessment(window={"opens_at": None, "closes_at": past}))
    assert "cannot be started any more" in client.get(closed).text
    withdrawn = invite(real_assessment(), revoked_at=utc_now())
    page = client.get(withdrawn)
    assert "withdrawn" in page.text
    assert client.post(withdrawn, data={**START, "manifest": "0" * 64}).status_code in (409, 410, 422)
    assert client.get("/i/nonsense").status_code == 404
    assert session.scalar(select(func.count(Attempt.id))) == 0


def test_the_clock_ends_an_attempt_on_the_next_read_and_seals_it_after_the_grace(
    client, session, real_assessment, invite, jobs
):
    place, _ = begin(client, invite(real_assessment()))
    attempt = session.scalars(select(Attempt)).one()
    attempt.started_at = utc_now() - dt.timedelta(minutes=61)
    session.commit()
    assert (
        client.put(f"{place}/answers", json={"question": "note", "text": "late", "version": 0}).status_code
        == 410
    )
    assert client.get(f"{place}/state").json["status"] == "grace"
    assert "ten minutes" in client.get(f"{place}/receipt").text
    assert kinds(session, attempt) == ["consented", "ended_by_clock"]
    assert close_due(session, utc_now()) == 0
    assert close_due(session, utc_now() + dt.timedelta(minutes=10)) == 1
    session.commit()
    assert kinds(session, attempt)[-1] == "sealed"
    assert client.get(f"{place}/state").json["status"] == "over"
    assert sum(job[0] is Job.GRADE_ATTEMPT for job in jobs) == 1


def test_an_outage_of_the_server_is_given_back_once(client, session, real_assessment, invite):
    place, _ = begin(client, invite(real_assessment()))
    attempt = session.scalars(select(Attempt)).one()
    attempt.started_at = utc_now() - dt.timedelta(minutes=30)
    session.commit()
    before = client.get(f"{place}/state").json["clock"]["limit_seconds"]
    session.add(
        Outage(began_at=utc_now() - dt.timedelta(minutes=10), ended_at=utc_now() - dt.timedelta(minutes=8))
    )
    session.commit()
    noted = client.get(f"{place}/state").json["clock"]["limit_seconds"]
    assert noted - before in (120, 121), "it counts from the moment it is noted"
    assert [apply_outages(session, utc_now()) for _ in range(2)] == [1, 0]
    session.commit()
    assert client.get(f"{place}/state").json["clock"]["limit_seconds"] == noted
    assert "adjusted" in kinds(session, attempt)


def test_an_arrangement_lengthens_the_clock(client, real_assessment, invite):
    place, _ = begin(client, invite(real_assessment(), multiplier="1.5"))
    assert client.get(f"{place}/state").json["clock"]["limit_seconds"] == 5400


def test_a_language_can_be_changed_and_nothing_goes_away(client, session, real_assessment, invite):
    place, _ = begin(client, invite(real_assessment()))
    attempt = session.scalars(select(Attempt)).one()
    before = set(files_of(session, attempt.tasks[0].workspace_id))
    assert client.post(f"{place}/language", json={"language": "java"}).json == {"language": "java"}
    after = set(files_of(session, attempt.tasks[0].workspace_id))
    assert before < after
    assert client.post(f"{place}/language", json={"language": "cobol"}).status_code == 422


def test_uploads_are_text_or_kept_by_hash_and_stand_in_the_record(client, session, real_assessment, invite):
    place, _ = begin(client, invite(real_assessment()))

    def send(name, content):
        # By hand: the test client would leave the temporary file of a large form open.
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + b"\r\n--x--\r\n"
        return client.post(f"{place}/files", data=body, content_type="multipart/form-data; boundary=x")

    assert send("notes.md", b"\xef\xbb\xbfone\r\ntwo").json["text"] == "one\ntwo"
    binary = send("../../<b>x</b>.png", b"\x89PNG\x00").json
    assert (binary["kind"], binary["text"]) == ("binary", None)
    fetched = client.get(f"{place}/files/{binary['blob']}")
    assert fetched.data == b"\x89PNG\x00"
    assert fetched.headers["Content-Disposition"] == "attachment"
    assert client.get(f"{place}/files/{'0' * 64}").status_code == 404
    assert send("big.bin", b"\x00" * (1024 * 1024 + 1)).status_code == 422
    attempt = session.scalars(select(Attempt)).one()
    assert kinds(session, attempt).count("uploaded") == 2


def test_candidate_text_is_shown_as_text(client, session, real_assessment, invite):
    url = invite(
        real_assessment(intro="<script>alert(1)</script>", role_title="<img src=x onerror=alert(1)>")
    )
    landing = client.get(url).text
    assert "<script>alert" not in landing
    assert "<img src=x" not in landing
    place, _ = begin(client, url, name="</script><script>alert(2)</script>")
    assert "<script>alert(2)" not in client.get(place).text
    assert session.scalars(select(Answer)).all() == []


def test_only_the_link_that_was_mailed_itself_proves_the_address(web, session, real_assessment, organisation):
    def invited(mailed):
        assessment, token = real_assessment(), new_token()
        row = Invitation(
            assessment_id=assessment.id, email="ada@example.org", email_normalised="ada@example.org",
            token_hash=token_hash(token),
        )  # fmt: skip
        link = web.wiring.links.invitation(token if mailed else "another")
        mail = OutgoingMail(
            organisation_id=organisation.id, kind="invitation", to_address="ada@example.org", subject="s", text="t",
            html="h", state=MailState.SENT, link=link,
        )  # fmt: skip
        session.add_all([row, mail])
        session.commit()
        begin(web.client(), f"/i/{token}")
        return session.scalars(select(Attempt.verified).where(Attempt.assessment_id == assessment.id)).one()

    assert invited(mailed=False) is False
    assert invited(mailed=True) is True
