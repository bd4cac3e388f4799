"""Who acts: a value that a door makes from the request and hands to every action."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from core.accounts.models import Role
from core.base.errors import NotAllowed


@dataclass(frozen=True)
class Origin:
    """Where a deed came from; goes into audit rows."""

    address: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Actor:
    """A signed-in member of staff, acting in one organisation (the one chosen in the side bar)."""

    person_id: int
    person_uuid: uuid.UUID
    name: str
    organisation_id: int
    roles: frozenset[Role]
    locale: str = "en"
    time_zone: str = "UTC"
    origin: Origin = field(default_factory=Origin)

    def may(self, *roles: Role) -> bool:
        """Whether one of the roles is held; admins may do what any role may."""
        return Role.ADMIN in self.roles or any(role in self.roles for role in roles)

    def need(self, *roles: Role) -> None:
        """Raise NotAllowed unless one of the roles is held."""
        if not self.may(*roles):
            raise NotAllowed
