"""No mail server is configured: every mail waits on the outbox screen, where people copy its link."""

from __future__ import annotations

from core.gateways.mail.port import Letter, MailNotSent


class KeptMail:
    """Keeps, never sends."""

    sends = False

    def send(self, letter: Letter) -> None:
        """Refuse: whoever calls this did not look at ``sends``."""
        raise MailNotSent(f"No mail server is configured; {letter.subject!r} is kept.", permanent=True)
