"""What the application asks of a mail service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """One mail, rendered. ``message_id`` stays the same when a mail is sent again, so that copies can be told."""

    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    message_id: str


class MailNotSent(Exception):
    """The service did not take a mail. ``reason`` is for the outbox screen; ``permanent`` means trying again is vain."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = " ".join(reason.split())[:300]
        self.permanent = permanent


class MailGateway(Protocol):
    """A way out for mails. ``sends`` is False for the one that only keeps them."""

    @property
    def sends(self) -> bool:
        """Whether mails leave this machine."""
        ...

    def send(self, letter: Letter) -> None:
        """Hand one mail over. Raises MailNotSent."""
        ...
