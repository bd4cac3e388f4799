"""A mail is a row first; what becomes of it is written down, and sending twice sends once."""

from __future__ import annotations

import datetime as dt

import pytest
from jinja2 import UndefinedError

from core.accounts.actions.services import store_mail_server
from core.accounts.models import Role
from core.audit.models import AuditEvent
from core.base.errors import Conflict, NotAllowed, NotFound
from core.base.queue import Job
from core.base.stored_settings import StoredSetting
from core.gateways.mail.chosen import chosen_mail, mail_gateway
from core.gateways.mail.port import Letter, MailNotSent
from core.gateways.mail.smtp import Security, SmtpServer
from core.notifications.actions import send_again, send_mail
from core.notifications.delivery import deliver_mail, requeue_due_mails
from core.notifications.models import MailState, OutgoingMail
from core.notifications.queries import access_mail, count_mails, list_mails
from core.notifications.rules import DELAYS_SECONDS, next_try
from core.settings import Settings
from tests.core.notifications.smtp_server import smtp_server
from tests.factories import NOW, make_member, make_organisation

SETTINGS = Settings(secret_key="s" * 40, public_url="https://proof.example.org")


class Postman:
    """A gateway that does as it is told and remembers what it was given."""

    sends = True

    def __init__(self, *failures: MailNotSent) -> None:
        self.failures = list(failures)
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)
        if self.failures:
            raise self.failures.pop(0)


def write(session, organisation, **changes) -> OutgoingMail:
    values = {
        "organisation_id": organisation.id,
        "to_address": "ada@example.org",
        "values": {},
        "now": NOW,
        **changes,
    }
    mail = send_mail(session, "test", **values)
    session.commit()
    return mail


@pytest.fixture
def organisation(session):
    return make_organisation(session)


def deliver(database, mail, postman, now=NOW):
    deliver_mail(database, SETTINGS, mail.id, now, lambda _session, _settings: postman)


def test_writing_a_mail_wakes_a_job_and_tells_the_outbox(database, jobs, hints):
    with database.unit_of_work() as session:
        organisation = make_organisation(session)
        mail = send_mail(
            session, "test", organisation_id=organisation.id, to_address="a@example.org", values={}, now=NOW
        )
    assert jobs == [(Job.SEND_MAIL, [mail.id])]
    assert (hints[0][0], hints[0][1]) == ("mail.changed", f"org:{organisation.uuid}")


def test_sent_once_however_often_the_job_runs(session, database, organisation):
    mail, postman = write(session, organisation), Postman()
    deliver(database, mail, postman)
    deliver(database, mail, postman)
    session.refresh(mail)
    assert (mail.state, mail.tries, len(postman.letters)) == (MailState.SENT, 1, 1)
    assert postman.letters[0].message_id == f"<{mail.uuid}@proof.example.org>"


def test_a_second_job_in_the_middle_of_sending_does_nothing(session, database, organisation):
    mail, second = write(session, organisation), Postman()

    class Slow(Postman):
        def send(self, letter):
            super().send(letter)
            deliver(database, mail, second)

    deliver(database, mail, Slow())
    assert second.letters == []


def test_failures_are_tried_again_later_and_later_then_given_up(session, database, organisation):
    mail = write(session, organisation)
    postman = Postman(*[MailNotSent("no answer", permanent=False)] * 9)
    now = NOW
    for delay in DELAYS_SECONDS:
        deliver(database, mail, postman, now)
        session.refresh(mail)
        assert (mail.state, mail.last_error) == (MailState.QUEUED, "no answer")
        assert mail.next_try_at == now + dt.timedelta(seconds=delay)
        deliver(database, mail, postman, now + dt.timedelta(seconds=delay - 1))
        now = mail.next_try_at
    deliver(database, mail, postman, now)
    session.refresh(mail)
    assert (mail.state, mail.next_try_at) == (MailState.FAILED, None)
    assert len(postman.letters) == len(DELAYS_SECONDS) + 1
    assert next_try(1, NOW) == NOW + dt.timedelta(seconds=60)


def test_a_refused_address_fails_at_once_and_can_be_sent_again_by_hand(session, database, organisation, jobs):
    mail, actor = write(session, organisation), make_member(session, organisation)
    deliver(database, mail, Postman(MailNotSent("550 nobody", permanent=True)))
    session.refresh(mail)
    assert mail.state == MailState.FAILED
    send_again(session, actor, mail.uuid, NOW)
    with pytest.raises(Conflict):
        send_again(session, actor, mail.uuid, NOW)
    session.commit()
    deliver(database, mail, Postman())
    session.refresh(mail)
    assert (mail.state, mail.last_error) == (MailState.SENT, "")


def test_without_a_server_mails_are_kept_until_there_is_one(session, database, organisation):
    mail = write(session, organisation, link="https://proof.example.org/i/x")
    deliver_mail(database, SETTINGS, mail.id, NOW)
    session.refresh(mail)
    assert (mail.state, mail.tries) == (MailState.KEPT, 0)
    assert not mail_gateway(session, SETTINGS).sends


def test_a_mail_whose_worker_died_is_due_again_after_its_lease(session, database, organisation, jobs):
    mail = write(session, organisation)

    class Killed(Exception):
        pass

    class Dying(Postman):
        def send(self, letter):
            raise Killed

    with pytest.raises(Killed):
        deliver(database, mail, Dying())
    jobs.clear()
    for seconds, found in ((60, 0), (151, 1)):
        with database.unit_of_work() as own:
            assert requeue_due_mails(own, NOW + dt.timedelta(seconds=seconds)) == found
    assert jobs == [(Job.SEND_MAIL, [mail.id])]


def test_a_late_answer_of_a_first_try_does_not_overwrite_a_second(session, database, organisation):
    mail, second = write(session, organisation), Postman()

    class Late(Postman):
        def send(self, letter):
            deliver(database, mail, second, NOW + dt.timedelta(seconds=121))
            raise MailNotSent("too late to matter", permanent=True)

    deliver(database, mail, Late())
    session.refresh(mail)
    assert (mail.state, len(second.letters)) == (MailState.SENT, 1)


def test_the_outbox_is_the_organisations_own(session, organisation):
    mail, stranger = (
        write(session, organisation),
        make_member(session, make_organisation(session, "Elsewhere")),
    )
    with pytest.raises(NotFound):
        access_mail(session, stranger, mail.uuid)
    with pytest.raises(NotFound):
        send_again(session, stranger, mail.uuid, NOW)
    assert list_mails(session, stranger).rows == []
    interviewer = make_member(session, organisation, Role.INTERVIEWER)
    for deed in (list_mails, count_mails):
        if deed is list_mails:
            with pytest.raises(NotAllowed):
                deed(session, interviewer)


def test_pages_of_the_outbox_follow_each_other(session, organisation):
    actor, mails = make_member(session, organisation), [write(session, organisation) for _ in range(5)]
    first = list_mails(session, actor, size=2)
    second = list_mails(session, actor, after=first.next_cursor, size=2)
    third = list_mails(session, actor, after=second.next_cursor, size=2)
    seen = [mail.id for page in (first, second, third) for mail in page.rows]
    assert (seen, third.next_cursor) == ([mail.id for mail in reversed(mails)], None)
    assert count_mails(session, actor)[MailState.QUEUED] == 5
    assert list_mails(session, actor, MailState.SENT).rows == []


def test_a_missing_value_is_an_error_and_names_are_escaped_in_html_only(session, organisation):
    with pytest.raises(UndefinedError):
        send_mail(session, "colleague", organisation_id=None, to_address="a@b.example", values={}, now=NOW)
    values = {
        "inviter": "<b>Ada</b>",
        "organisation": "R&D\nBcc: x",
        "expires_at": NOW,
        "zone": "Europe/Oslo",
    }
    mail = send_mail(
        session,
        "colleague",
        organisation_id=None,
        to_address="a@b.example",
        link="http://x/y",
        values=values,
        now=NOW,
    )
    assert "<b>Ada</b>" in mail.text
    assert "<b>Ada</b>" not in mail.html
    assert "\n" not in mail.subject
    assert "13:00" in mail.text, "the time in the reader's zone"


def test_stored_settings_are_sealed_and_the_environment_wins(session, database, organisation):
    admin = make_member(session, organisation, Role.ADMIN)
    with smtp_server(needs_password=True) as post:
        server = SmtpServer(
            "127.0.0.1", post.port, Security.NONE, "proofroom", "mail secret", "p@example.org"
        )
        store_mail_server(session, admin, SETTINGS, server, NOW)
        session.commit()
        assert "mail secret" not in str(session.get(StoredSetting, "mail").value)
        assert chosen_mail(session, SETTINGS).server == server
        mail = write(session, organisation)
        deliver_mail(database, SETTINGS, mail.id, NOW)
        session.refresh(mail)
        assert (mail.state, post.recipients) == (MailState.SENT, ["ada@example.org"])
    fixed = Settings(
        secret_key="s" * 40, smtp_url="smtps://u%40x:p%2F@mail.example:2465", mail_from="m@x.example"
    )
    chosen = chosen_mail(session, fixed)
    assert (chosen.fixed, chosen.server.user, chosen.server.password, chosen.server.port) == (
        True,
        "u@x",
        "p/",
        2465,
    )
    with pytest.raises(Conflict):
        store_mail_server(session, admin, fixed, None, NOW)
    kinds = [event.kind for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert kinds == ["mail_settings.changed"]


def test_only_admins_change_services(session, organisation):
    with pytest.raises(NotAllowed):
        store_mail_server(session, make_member(session, organisation), SETTINGS, None, NOW)
