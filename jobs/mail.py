"""Mails, one a job."""

from __future__ import annotations

from core.base.clock import utc_now
from core.notifications.delivery import deliver_mail
from jobs.start import current


def send_mail(mail_id: int) -> None:
    """Send a mail that is due; a second run finds it sent, or claimed by another worker."""
    wiring = current()
    deliver_mail(wiring.database, wiring.settings, mail_id, utc_now())
