"""Words for roles and states that several screens show."""

from __future__ import annotations

from core.accounts.models import Role
from core.notifications.models import MailState
from server.i18n import _


def role_name(role: Role) -> str:
    """The role as people call it."""
    return {
        Role.ADMIN: _("Admin"),
        Role.RECRUITER: _("Recruiter"),
        Role.INTERVIEWER: _("Interviewer"),
    }[role]


def mail_state(state: str) -> tuple[str, str, str]:
    """Word, kind of badge and icon of a mail's state."""
    return {
        MailState.QUEUED: (_("Waiting"), "brand", "clock"),
        MailState.SENT: (_("Sent"), "good", "check"),
        MailState.FAILED: (_("Failed"), "bad", "octagon-alert"),
        MailState.KEPT: (_("Kept here"), "warn", "inbox"),
    }[MailState(state)]


_LANGUAGES = {"python": "Python", "javascript": "JavaScript", "cpp": "C++", "java": "Java"}


def language_name(language: str) -> str:
    """How a programming language is written; the same in every reader's language."""
    return _LANGUAGES.get(language, language)
