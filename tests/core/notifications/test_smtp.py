"""The SMTP gateway against a real server: taken, refused, unreachable, untrusted, too slow."""

from __future__ import annotations

import socket

import pytest

from core.gateways.mail.kept import KeptMail
from core.gateways.mail.port import Letter, MailNotSent
from core.gateways.mail.smtp import Security, SmtpMail, SmtpServer
from tests.core.notifications.smtp_server import certificate, smtp_server

LETTER = Letter(
    "ada@example.org", 'Ada, "Lovelace"', "Hello\nBcc: x@example.org", "Plain ü", "<p>Rich</p>", "<1@x>"
)


def server_at(port: int, **changes: object) -> SmtpServer:
    values = {"security": Security.NONE, "user": "", "password": "", "sender": "proof@example.org", **changes}
    return SmtpServer("127.0.0.1", port, **values)


def failure_of(mail: SmtpMail, letter: Letter = LETTER) -> MailNotSent:
    with pytest.raises(MailNotSent) as caught:
        mail.send(letter)
    return caught.value


def test_a_letter_arrives_whole_and_its_subject_adds_no_header():
    with smtp_server() as post:
        SmtpMail(server_at(post.port)).send(LETTER)
    (letter,) = post.letters
    assert letter["Subject"] == "Hello Bcc: x@example.org"
    assert letter["Bcc"] is None
    assert letter["To"].addresses[0].display_name == 'Ada, "Lovelace"'
    assert letter["Message-ID"] == "<1@x>"
    assert letter.get_body(("plain",)).get_content().strip() == "Plain ü"
    assert "<p>Rich</p>" in letter.get_body(("html",)).get_content()
    assert post.recipients == ["ada@example.org"]


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such person", True), ("451 later please", False)])
def test_a_refused_recipient_is_final_or_not_as_the_server_says(answer, permanent):
    with smtp_server(refuse={"ada@example.org": answer}) as post:
        error = failure_of(SmtpMail(server_at(post.port)))
    assert (error.permanent, answer[4:] in error.reason) == (permanent, True)


def test_tls_and_starttls_with_a_trusted_certificate(tmp_path):
    server, client = certificate(tmp_path)
    with smtp_server(starttls=server) as post:
        SmtpMail(server_at(post.port, security=Security.STARTTLS), client).send(LETTER)
        assert len(post.letters) == 1
    with smtp_server(tls=server) as post:
        SmtpMail(server_at(post.port, security=Security.TLS), client).send(LETTER)
        assert len(post.letters) == 1


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_an_untrusted_certificate_sends_nothing(tmp_path, kind):
    server, _client = certificate(tmp_path)
    with smtp_server(**{kind: server}) as post:
        error = failure_of(SmtpMail(server_at(post.port, security=Security(kind))))
    assert "not trusted" in error.reason
    assert not error.permanent
    assert post.letters == []


def test_a_server_without_starttls_gets_nothing_in_the_clear():
    with smtp_server() as post:
        error = failure_of(SmtpMail(server_at(post.port, security=Security.STARTTLS)))
    assert "does not offer" in error.reason
    assert post.letters == []


def test_tls_towards_a_plain_server_names_the_cure():
    with smtp_server() as post:
        error = failure_of(SmtpMail(server_at(post.port, security=Security.TLS), timeout_seconds=2))
    assert "another kind of encryption" in error.reason or "in time" in error.reason


def test_passwords(tmp_path):
    with smtp_server(needs_password=True) as post:
        right = server_at(post.port, user="proofroom", password="mail secret")
        SmtpMail(right).send(LETTER)
        wrong = server_at(post.port, user="proofroom", password="guess")
        error = failure_of(SmtpMail(wrong))
        assert len(post.letters) == 1
    assert not error.permanent, "the mail is fine, the settings are not"
    assert "535" in error.reason
    assert "mail secret" not in repr(right)


def test_a_stalling_server_is_given_up():
    with smtp_server(stall_seconds=3) as post:
        error = failure_of(SmtpMail(server_at(post.port), timeout_seconds=0.3))
    assert "in time" in error.reason
    assert not error.permanent


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = failure_of(SmtpMail(server_at(port)))
    assert f"127.0.0.1:{port}" in error.reason
    assert not error.permanent


@pytest.mark.parametrize("address", ["", "no at sign", "a@b\r\nBcc: c@d", "@", "a b@c"])
def test_addresses_that_are_none_are_refused_for_good(address):
    with smtp_server() as post:
        letter = Letter(address, "", "S", "T", "<p>T</p>", "<1@x>")
        assert failure_of(SmtpMail(server_at(post.port)), letter).permanent
    assert post.letters == []


def test_the_keeper_never_pretends():
    assert KeptMail().sends is False
    with pytest.raises(MailNotSent):
        KeptMail().send(LETTER)
