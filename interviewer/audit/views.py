"""Who did what, when and from where."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, request
from werkzeug.wrappers import Response

from core.accounts.models import Role
from core.accounts.queries import list_actors
from core.audit.queries import list_audit, list_audit_kinds
from interviewer.audit.words import deed
from server.pages import page
from server.request import actor, staff, uow

audit = Blueprint("audit", __name__, url_prefix="/team/audit")


@audit.get("")
@staff(Role.ADMIN)
def audit_page() -> Response:
    """The organisation's deeds, latest first; ``kind`` and ``person`` filter, ``after`` pages."""
    organisation_id = actor().organisation_id
    people = list_actors(uow(), organisation_id)
    person = next((p for p in people if str(p.uuid) == request.args.get("person", "")), None)
    kind = request.args.get("kind", "")[:60]
    found = list_audit(
        uow(), organisation_id, kind, person.id if person else None, request.args.get("after", "")
    )
    filters = {"kind": kind, "person": str(person.uuid) if person else ""}
    return page(
        "audit/audit.html",
        events=found.rows,
        next_href=_href(filters, after=found.next_cursor) if found.next_cursor else None,
        first_href=_href(filters) if request.args.get("after") else None,
        kinds=list_audit_kinds(uow(), organisation_id),
        people=people,
        kind=kind,
        person=person,
        deed=deed,
    )


def _href(filters: dict[str, str], **more: str) -> str:
    chosen = {key: value for key, value in {**filters, **more}.items() if value}
    return "/team/audit" + ("?" + urlencode(chosen) if chosen else "")
