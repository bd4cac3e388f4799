"""Who may call a view. Every view carries exactly one of ``@public``, ``@staff(…)``, ``@candidate``.

The marks only say it; server/gate.py enforces them before the view runs, and a view without a mark is never called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from core.accounts.models import Role

View = TypeVar("View", bound=Callable[..., Any])


class Who(StrEnum):
    """The three kinds of visitors."""

    PUBLIC = "public"
    STAFF = "staff"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class Access:
    """Who may call; for staff one of ``roles`` (any member when empty; admins always)."""

    who: Who
    roles: frozenset[Role] = frozenset()


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _mark(view, Access(Who.PUBLIC))


def candidate(view: View) -> View:
    """The browser that works on the attempt named by the URL's ``attempt_uuid``."""
    return _mark(view, Access(Who.CANDIDATE))


def staff(*roles: Role) -> Callable[[View], View]:
    """A signed-in member of the chosen organisation with one of the roles; without roles, any member."""
    if any(not isinstance(role, Role) for role in roles):
        raise TypeError("Write @staff() or @staff(Role.…), with parentheses.")
    return lambda view: _mark(view, Access(Who.STAFF, frozenset(roles)))


def body_limit(size: int) -> Callable[[View], View]:
    """Allow request bodies up to ``size`` bytes on this view (MAX_BODY otherwise)."""

    def mark(view: View) -> View:
        view.body_limit = size  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """The mark of a view, or None."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


def _mark(view: View, access: Access) -> View:
    if access_of(view) is not None:
        raise TypeError(f"{view} carries two access decorators; exactly one decides.")
    view.access = access  # type: ignore[attr-defined]
    return view
