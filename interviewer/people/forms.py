"""Forms about members."""

from __future__ import annotations

from wtforms import EmailField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from core.accounts.models import Role
from core.accounts.rules import MAX_EMAIL
from server.forms import Form, at_most, email_address, filled, lazy, options

ROLES = [
    (Role.ADMIN.value, lazy("Admin: people, settings, and everything below")),
    (Role.RECRUITER.value, lazy("Recruiter: assessments, invitations, decisions")),
    (Role.INTERVIEWER.value, lazy("Interviewer: reads and reviews submissions")),
]


def known_roles(names: list[str] | None) -> list[Role]:
    """The roles among the sent names; anything else is left out."""
    return [role for role in Role if role.value in (names or [])]


class RolesField(SelectMultipleField):  # type: ignore[misc]
    """Roles as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class InviteForm(Form):
    """One colleague's address and roles."""

    email = EmailField(
        lazy("Email of your colleague"),
        [filled(lazy("Enter your colleague’s e-mail address.")), at_most(MAX_EMAIL), email_address()],
    )
    roles = RolesField(lazy("Roles"), choices=options(ROLES), default=[Role.RECRUITER.value])

    def chosen(self) -> list[Role]:
        """The ticked roles."""
        return known_roles(self.roles.data)


class RolesForm(Form):
    """A member's roles."""

    roles = RolesField(lazy("Roles"), choices=options(ROLES))

    def chosen(self) -> list[Role]:
        """The ticked roles."""
        return known_roles(self.roles.data)
