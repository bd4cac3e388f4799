"""The bank of packs: which are proven, how far the proofs are, what is inside, and bringing in one's own."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, make_response, redirect, request
from werkzeug.wrappers import Response

from core.accounts.models import Role
from core.assessments.queries.proofs import proofs_of
from core.base.errors import Invalid
from core.base.limits import UPLOADS_PER_PERSON
from core.problems.actions.imports import MAX_UPLOAD, take_upload
from core.problems.models import ImportState, PackVersion
from core.problems.queries.contents import pack_of
from core.problems.queries.imports import get_import, list_imports
from core.problems.queries.packs import get_pack, list_packs, newest_version, versions_of
from core.runs.queries import runner_status
from interviewer.packs.showing import Look, language_states, pack_state, solution_rows, told
from server.i18n import _
from server.markdown import markdown
from server.pages import page
from server.request import actor, body_limit, limiter, now, staff, uow, wants_fragment

packs = Blueprint("packs", __name__, url_prefix="/team/packs")
READERS = (Role.RECRUITER, Role.INTERVIEWER)
MOVING = (Look.RUNNING, Look.WAITING, Look.OFF)


@packs.get("")
@staff(*READERS)
def index() -> Response:
    """All packs in use with the state of their proofs, and the latest uploads."""
    return _show_list()


@packs.post("")
@staff(Role.RECRUITER)
@body_limit(MAX_UPLOAD + 64 * 1024)
def upload() -> Response:
    """Take a zip; it is read in the background, and the page it leads to says what came of it."""
    limiter().hit(UPLOADS_PER_PERSON, str(actor().person_id))
    sent = request.files.get("file")
    try:
        content = sent.stream.read(MAX_UPLOAD + 1) if sent else b""
        row = take_upload(uow(), actor(), (sent.filename or "") if sent else "", content, now())
    except Invalid as error:
        texts = [_(fault.text, **fault.params) for faults in error.fields.values() for fault in faults]
        return _show_list(422, texts)
    return redirect(f"/team/packs/imports/{row.uuid}")


@packs.get("/imports/<uuid:import_uuid>")
@staff(Role.RECRUITER)
def import_page(import_uuid: uuid.UUID) -> Response:
    """What came of one upload: still being read, accepted, or refused with file and line of everything to mend."""
    row = get_import(uow(), actor().organisation_id, import_uuid)
    version = uow().get_one(PackVersion, row.pack_version_id) if row.pack_version_id else None
    if version is not None and row.state == ImportState.ACCEPTED:
        flash(_("%(title)s is in the bank. It is offered as soon as it is proven.", title=version.pack.title), "good")
        return _lead_to(f"/team/packs/{version.pack.uuid}")
    return page("packs/import.html", row=row)


@packs.get("/<uuid:pack_uuid>")
@staff(*READERS)
def detail(pack_uuid: uuid.UUID) -> Response:
    """One pack: its proofs as they go on, statement, groups, references and mutants."""
    pack = get_pack(uow(), actor().organisation_id, pack_uuid)
    version = newest_version(uow(), pack)
    proofs = proofs_of(uow(), [version.id])
    running = runner_status(uow(), now())
    return page(
        "packs/detail.html",
        pack=pack,
        version=version,
        older=versions_of(uow(), pack)[1:],
        statement=_statement(version),
        languages=language_states(version, proofs, running),
        state=pack_state(version, proofs, running),
        rows=solution_rows(version, proofs),
        running=running,
        running_reason=told(running.reason),
        running_cure=told(running.cure),
        can_manage=actor().may(Role.RECRUITER),
    )


def _lead_to(address: str) -> Response:
    """To another page; htmx, which asked for a part of this one, is told so in its own way."""
    if not wants_fragment():
        return redirect(address)
    return make_response("", 200, {"HX-Redirect": address})


def _statement(version: PackVersion) -> str:
    return markdown(pack_of(uow(), version).statement, lower=2)


def _show_list(status: int = 200, faults: list[str] | None = None) -> Response:
    versions = list_packs(uow(), actor().organisation_id)
    proofs = proofs_of(uow(), [version.id for version in versions])
    running = runner_status(uow(), now())
    by_version = {version.id: [p for p in proofs if p.pack_version_id == version.id] for version in versions}
    can_manage = actor().may(Role.RECRUITER)
    states = {version.id: pack_state(version, by_version[version.id], running) for version in versions}
    return page(
        "packs/list.html",
        status,
        versions=versions,
        pack_states=states,
        states_moving=any(state.look in MOVING for state in states.values()),
        languages={v.id: language_states(v, by_version[v.id], running) for v in versions},
        imports=list_imports(uow(), actor().organisation_id) if can_manage else [],
        running=running,
        running_reason=told(running.reason),
        running_cure=told(running.cure),
        can_manage=can_manage,
        faults=faults or [],
        rooms=" ".join(f"pack:{version.pack.uuid}" for version in versions),
        most_mb=MAX_UPLOAD // 2**20,
    )

