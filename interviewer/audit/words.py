"""Audit kinds in words. A kind without words is shown by its name, so that a new one is never hidden."""

from __future__ import annotations

from core.base.errors import N_
from server.i18n import gettext

DEEDS: dict[str, str] = {
    "session.opened": N_("Signed in"),
    "session.refused": N_("Somebody failed to sign in"),
    "session.ended": N_("Signed out"),
    "session.reuse_found": N_("An old sign-in token was used again; the session was ended"),
    "password.changed": N_("Changed the password"),
    "organisation.founded": N_("Founded the organisation"),
    "organisation.renamed": N_("Renamed the organisation"),
    "colleague.invited": N_("Invited a colleague"),
    "colleague.uninvited": N_("Withdrew an invitation"),
    "colleague.joined": N_("Joined by invitation"),
    "member.roles_changed": N_("Changed roles"),
    "member.removed": N_("Removed a member"),
    "mail_settings.changed": N_("Changed the mail server"),
    "model_settings.changed": N_("Changed the model endpoint"),
    "mail.sent_again": N_("Sent a mail again"),
}


def deed(kind: str) -> str:
    """The kind in words."""
    return gettext(DEEDS[kind]) if kind in DEEDS else kind
