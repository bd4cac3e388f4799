"""The outbox screen: every mail with its state, text and link; sending again."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from core.accounts.models import Role
from core.base.clock import utc_now
from core.base.queue import Job
from core.notifications.actions import send_mail
from core.notifications.models import MailState
from tests.factories import make_organisation
from tests.web import make_web, sign_in_client


@pytest.fixture
def mail(session, organisation):
    """A kept invitation-like mail."""
    made = send_mail(
        session, "test", organisation_id=organisation.id, to_address="ada@example.org", to_name="<b>Ada</b>",
        link="http://localhost:8000/i/secret", values={}, now=utc_now(),
    )  # fmt: skip
    made.state, made.next_try_at = MailState.KEPT, None
    session.commit()
    return made


def test_the_list_says_what_became_of_each_mail(as_staff, mail, session):
    text = as_staff(Role.RECRUITER).get("/team/mail").text
    assert "no mail leaves this machine" in text
    assert "Kept here" in text
    assert "&lt;b&gt;Ada" in text
    assert "<b>Ada" not in text
    assert 'data-hints="mail.changed"' in text


def test_filters_and_pages(as_staff, mail, session, organisation):
    client = as_staff(Role.RECRUITER)
    for _ in range(60):
        send_mail(session, "test", organisation_id=organisation.id, to_address="b@example.org", values={}, now=utc_now())
    session.commit()
    first = client.get("/team/mail?state=queued")
    assert first.text.count("<tr><td") == 50
    after = first.text.split("/team/mail?after=")[1].split("&")[0]
    assert client.get(f"/team/mail?state=queued&after={after}").text.count("<tr><td") == 10
    assert client.get("/team/mail?state=kept").text.count("<tr><td") == 1
    assert client.get("/team/mail?state=lost").status_code == 404
    assert client.get("/team/mail?after=rubbish").status_code == 422
    assert client.get("/team/mail?after=WyJ4Il0").status_code == 422, "a cursor with a word where a number belongs"


def test_one_mail_in_full_and_only_to_its_organisation(as_staff, mail, session):
    text = as_staff(Role.RECRUITER).get(f"/team/mail/{mail.uuid}").text
    assert "http://localhost:8000/i/secret" in text
    assert "This mail shows that Proofroom can send mails" in text
    other = as_staff(Role.ADMIN, of=make_organisation(session, "Elsewhere"))
    assert other.get(f"/team/mail/{mail.uuid}").status_code == 404
    assert other.post(f"/team/mail/{mail.uuid}/send").status_code == 404
    assert as_staff().get(f"/team/mail/{uuid.uuid4()}").status_code == 404


def test_sending_again(services, database, redis, as_staff, mail, session, jobs):
    web = make_web(services, database, redis, smtp_url="smtp://127.0.0.1:1")
    client = sign_in_client(web, as_staff(Role.RECRUITER).actor)
    page = client.get(f"/team/mail/{mail.uuid}").text
    assert "Send now" in page
    jobs.clear()
    assert client.post(f"/team/mail/{mail.uuid}/send").status_code == 302
    assert jobs == [(Job.SEND_MAIL, [mail.id])]
    assert "already waiting" in client.post(f"/team/mail/{mail.uuid}/send", follow_redirects=True).text


def test_a_failure_is_shown_with_the_next_try(as_staff, mail, session):
    mail.state, mail.tries, mail.last_error = MailState.QUEUED, 2, "550 <script>"
    mail.next_try_at = utc_now() + dt.timedelta(minutes=5)
    session.commit()
    text = as_staff(Role.RECRUITER).get(f"/team/mail/{mail.uuid}").text
    assert "550 &lt;script&gt;" in text
    assert "Tried 2 times." in text
    assert "Next try" in text


@pytest.mark.parametrize("kind", ["start_code", "resume_code"])
def test_nobody_of_the_staff_reads_a_candidates_code(as_staff, session, organisation, kind):
    """With the code they could go on with somebody's attempt in their name."""
    made = send_mail(
        session, kind, organisation_id=organisation.id, to_address="ada@example.org",
        values={"code": "482915", "title": "Payouts"}, now=utc_now(),
    )  # fmt: skip
    made.state = MailState.FAILED
    session.commit()
    assert "482915" in made.subject
    assert "482915" in made.text
    client = as_staff(Role.ADMIN)
    client.post(f"/team/mail/{made.uuid}/send")
    for address in ("/team/mail", f"/team/mail/{made.uuid}", "/team/audit"):
        text = client.get(address).text
        assert "482915" not in text
        assert "•••••• " in text
