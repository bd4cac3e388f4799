"""The candidate's own attempt: the workspace page and everything it asks of the server, submit, receipt, another device."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify, redirect, request
from werkzeug.wrappers import Response

from core.assessments.access import Candidate
from core.assessments.actions.answers import NOTE, save_answer
from core.assessments.actions.attempt_runs import cancel_own_run, request_own_run, request_public_tests
from core.assessments.actions.attempts import open_for_work, settle, submit_attempt
from core.assessments.actions.language import choose_language
from core.assessments.actions.uploads import take_upload
from core.assessments.models import Attempt, AttemptState, AttemptTask
from core.assessments.queries.attempt_runs import view_of
from core.assessments.queries.attempts import answer_version, clock_of
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import deadline
from core.base.blobs import MAX_BLOB
from core.base.errors import N_, Invalid, NotFound
from core.base.limits import ANSWERS_PER_ATTEMPT, RUNS_PER_ATTEMPT, UPLOADS_PER_PERSON
from core.runs.queries import get_run
from core.workspaces.queries import files_of, read_blob
from core.workspaces.recording import record_edits
from portal.attempts.cookies import resume_code_noted, resume_code_to_show
from portal.attempts.page_data import page_data
from portal.attempts.receipt import receipt_values
from portal.attempts.state import state_json
from portal.attempts.workspace_page import page_values
from server.pages import page
from server.request import body_limit, candidate, current_candidate, json_body, limiter, now, uow
from server.security import editor_nonce

attempts = Blueprint("attempts", __name__, url_prefix="/attempts/<uuid:attempt_uuid>")


@attempts.get("")
@candidate
def workspace(attempt_uuid: uuid.UUID) -> Response:
    """One part of the attempt, or the resume code once, or the receipt when the work is over."""
    attempt = settle(uow(), current_candidate(), now())
    if attempt.state != AttemptState.WORKING:
        return redirect(f"/attempts/{attempt_uuid}/receipt")
    code = resume_code_to_show(attempt_uuid)
    if code:
        due = deadline(clock_of(uow(), attempt))
        return page("attempts/started.html", attempt=attempt, code=code, deadline_at=due)
    task = _task(attempt)
    body = body_from_json(attempt.version.body)
    data = page_data(uow(), attempt, task, body, editor_nonce(), now())
    return page(
        "workspace/show.html", data=data, page=page_values(uow(), attempt, task, data["state"]["answers"])
    )


@attempts.post("/noted")
@candidate
def noted(attempt_uuid: uuid.UUID) -> Response:
    """The resume code is written down: on to the work."""
    resume_code_noted(attempt_uuid)
    return redirect(f"/attempts/{attempt_uuid}")


@attempts.get("/state")
@candidate
def state(attempt_uuid: uuid.UUID) -> Response:
    """Everything that changes on the page, in one answer."""
    attempt = settle(uow(), current_candidate(), now())
    return jsonify(state_json(uow(), attempt, _task(attempt), now()))


@attempts.post("/runs")
@candidate
def run(attempt_uuid: uuid.UUID) -> Response:
    """Run the stored files with own input, or the public tests on them."""
    limiter().hit(RUNS_PER_ATTEMPT, str(attempt_uuid))
    wanted = json_body()
    attempt = open_for_work(uow(), current_candidate(), now())
    task = _task(attempt)
    click = _text(wanted, "request", 64)
    record_edits(uow(), _workspace(task), attempt.log_id, now())
    files = files_of(uow(), _workspace(task))
    if wanted.get("kind") == "tests":
        runs = request_public_tests(uow(), task, files, now(), click)
    else:
        runs = [*request_own_run(uow(), task, files, _text(wanted, "stdin", MAX_BLOB), now(), click)]
    return jsonify(run=view_of(uow(), task, runs))


@attempts.post("/runs/<uuid:run_uuid>/cancel")
@candidate
def cancel(attempt_uuid: uuid.UUID, run_uuid: uuid.UUID) -> Response:
    """Stop a run of one's own."""
    attempt = settle(uow(), current_candidate(), now())
    task, found = _task(attempt), get_run(uow(), run_uuid)
    cancel_own_run(uow(), task, found, now())
    return jsonify(run=view_of(uow(), task, [found]))


@attempts.post("/files")
@body_limit(MAX_BLOB + 64 * 1024)
@candidate
def upload(attempt_uuid: uuid.UUID) -> Response:
    """Take a file: text comes back for the document, anything else is kept by its hash."""
    limiter().hit(UPLOADS_PER_PERSON, str(attempt_uuid))
    sent = request.files.get("file")
    if sent is None:
        raise Invalid.one("file", N_("Choose a file to upload."))
    with sent.stream:
        content = sent.stream.read(MAX_BLOB + 1)
    if len(content) > MAX_BLOB:
        raise Invalid.one("file", N_("A file may have at most %(limit)s bytes."), limit=MAX_BLOB)
    taken = take_upload(uow(), current_candidate(), _position(), sent.filename or "", content, now())
    kind = "binary" if taken.text is None else "text"
    return jsonify(kind=kind, text=taken.text, blob=taken.sha256, size=len(content))


@attempts.get("/files/<blob>")
@candidate
def download(attempt_uuid: uuid.UUID, blob: str) -> Response:
    """A binary file of this workspace, always as a download."""
    task = _task(settle(uow(), current_candidate(), now()))
    response = Response(read_blob(uow(), _workspace(task), blob), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    return response


@attempts.put("/answers")
@candidate
def answer(attempt_uuid: uuid.UUID) -> Response:
    """Save an answer as it is typed."""
    limiter().hit(ANSWERS_PER_ATTEMPT, str(attempt_uuid))
    sent = json_body()
    version = sent.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise Invalid.one("version", N_("The version is a whole number."))
    question, text = _text(sent, "question", 40), _text(sent, "text", 100_000)
    row = save_answer(uow(), current_candidate(), question, text, version, now())
    return jsonify(version=row.version, saved_at=row.saved_at.isoformat())


@attempts.post("/language")
@candidate
def language(attempt_uuid: uuid.UUID) -> Response:
    """Work on this part in another language."""
    wanted = _text(json_body(), "language", 24)
    task = choose_language(uow(), current_candidate(), _position(), wanted, now())
    return jsonify(language=task.language)


@attempts.post("/submit")
@candidate
def submit(attempt_uuid: uuid.UUID) -> Response:
    """Hand in, from the page's script or from a plain form."""
    note = _text(json_body(), "note", 100_000) if request.is_json else request.form.get("note", "")
    who = current_candidate()
    if note.strip() and settle(uow(), who, now()).state == AttemptState.WORKING:
        _keep_note(who, note)
    submit_attempt(uow(), who, now())
    url = f"/attempts/{attempt_uuid}/receipt"
    return jsonify(url=url) if request.is_json else redirect(url)


@attempts.get("/receipt")
@candidate
def receipt(attempt_uuid: uuid.UUID) -> Response:
    """What was handed in, and the log's last leaf hash for the candidate to keep."""
    attempt = settle(uow(), current_candidate(), now())
    if attempt.state == AttemptState.WORKING:
        return redirect(f"/attempts/{attempt_uuid}")
    return page("attempts/receipt.html", **receipt_values(uow(), attempt))


def _keep_note(who: Candidate, note: str) -> None:
    save_answer(uow(), who, NOTE, note, answer_version(uow(), who.attempt_id, NOTE), now())


def _position() -> int:
    """The part that the page is about, counted from 0; the first one when nothing is said."""
    raw = request.args.get("part", "1")
    return int(raw) - 1 if raw.isdecimal() and len(raw) < 4 else -1


def _task(attempt: Attempt) -> AttemptTask:
    task = next((task for task in attempt.tasks if task.position == _position()), None)
    if task is None:
        raise NotFound
    return task


def _workspace(task: AttemptTask) -> int:
    if task.workspace_id is None:
        raise NotFound
    return task.workspace_id


def _text(values: dict[str, Any], name: str, most: int) -> str:
    value = values.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise Invalid.one(name, N_("This must be a text of at most %(most)s characters."), most=most)
    return value
