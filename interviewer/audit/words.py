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
    "assessment.created": N_("Made an assessment"),
    "assessment.changed": N_("Changed an assessment"),
    "assessment.archived": N_("Archived an assessment"),
    "assessment.restored": N_("Restored an assessment"),
    "assessment.code_opened": N_("Opened the shared code"),
    "assessment.code_closed": N_("Closed the shared code"),
    "candidates.invited": N_("Invited candidates"),
    "invitation.renewed": N_("Made a personal link anew"),
    "invitation.revoked": N_("Withdrew a personal link"),
    "invitation.restored": N_("Gave a personal link back"),
    "invitation.arranged": N_("Arranged more time before the start"),
    "attempt.extended": N_("Added time to running work"),
    "pack.imported": N_("Brought a pack into the bank"),
    "pack.refused": N_("An uploaded pack was refused"),
    "submission.decided": N_("Decided on a submission"),
    "submission.decision_undone": N_("Took a decision back"),
    "submission.noted": N_("Wrote a note on a submission"),
    "submission.regraded": N_("Had a submission graded again"),
}


def deed(kind: str) -> str:
    """The kind in words."""
    return gettext(DEEDS[kind]) if kind in DEEDS else kind
