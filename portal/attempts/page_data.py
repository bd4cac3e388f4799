"""What the workspace page needs to begin (PageData in frontend/workspace/contract.ts)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptTask
from core.assessments.rules.body import Body
from core.base.blobs import MAX_BLOB
from core.problems.language_names import language_name
from core.problems.queries.contents import pack_of, public_tests, starter_files
from core.problems.rules.kinds import Kind
from core.runs.queries import runner_status
from core.runs.rules.readiness import RunningState
from core.workspaces.models import Workspace
from core.workspaces.rules.tree import MAX_FILES
from core.workspaces.rules.updates import MAX_UPDATE
from evidence.manifest import parse_manifest
from portal.attempts.state import state_json

Json = dict[str, Any]
MAX_STDIN = 64 * 1024
OPENED_FIRST = 3


def page_data(
    session: Session, attempt: Attempt, task: AttemptTask, body: Body, nonce: str, now: dt.datetime
) -> Json:
    """The JSON of one part of an attempt; it holds nothing of hidden tests."""
    language = task.language or ""
    pack = pack_of(session, task.pack_version)
    workspace = session.get_one(Workspace, task.workspace_id)
    running = runner_status(session, now)
    return {
        "attempt": str(attempt.uuid),
        "workspace": str(workspace.uuid),
        "person": {"name": attempt.candidate_name},
        "nonce": nonce,
        "urls": urls(attempt, task),
        "namespace": "/",
        "state": state_json(session, attempt, task, now),
        "languages": [
            {"id": each, "name": versioned_name(running, each)}
            for each in body.tasks[task.position].languages
        ],
        "language": language,
        "can": {
            "tests": bool(public_tests(session, task.pack_version, language)),
            "stdin": pack.kind is Kind.IO,
        },
        "open": first_files(session, task, language),
        "capture": parse_manifest(attempt.version.body["manifest"]).captured_in_browser(),
        "limits": {
            "files": MAX_FILES,
            "file_characters": MAX_UPDATE // 2,
            "upload_bytes": MAX_BLOB,
            "stdin_characters": MAX_STDIN,
        },
        "questions": [follow_up.key for follow_up in body.follow_ups],
    }


def urls(attempt: Attempt, task: AttemptTask) -> Json:
    """Where the page asks and tells; each names the part, so that a page of another part cannot be meant."""
    base, part = f"/attempts/{attempt.uuid}", f"?part={task.position + 1}"
    return {
        "state": f"{base}/state{part}",
        "run": f"{base}/runs{part}",
        "cancel": f"{base}/runs/{{run}}/cancel{part}",
        "upload": f"{base}/files{part}",
        "blob": f"{base}/files/{{blob}}{part}",
        "answer": f"{base}/answers",
        "language": f"{base}/language{part}",
        "submit": f"{base}/submit",
        "receipt": f"{base}/receipt",
    }


def versioned_name(running: RunningState, language: str) -> str:
    """ "Python 3.11" when the sandbox said which version it runs, else "Python"."""
    versions = running.language(language).versions
    number = next(iter(versions.values()), "")
    return f"{language_name(language)} {number}".strip()


def first_files(session: Session, task: AttemptTask, language: str) -> list[str]:
    """The program's entry first, then a few other starter files that can be written in."""
    pack = pack_of(session, task.pack_version)
    entry = pack.language(language).entry
    paths = sorted(
        starter_files(session, task.pack_version, language), key=lambda path: (path.count("/") == 0, path)
    )
    return [path for path in [entry, *paths] if path in paths][:1] or paths[:1]
