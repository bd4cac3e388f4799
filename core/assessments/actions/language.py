"""Changing the language of a task: its starter files join the workspace, nothing that was written goes away."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from core.assessments.access import Candidate
from core.assessments.actions.attempts import open_for_work
from core.assessments.actions.start import starter_of
from core.assessments.models import AttemptTask
from core.assessments.rules.body import body_from_json
from core.base.errors import N_, Invalid, NotFound
from core.workspaces.actions import add_files


def choose_language(
    session: Session, candidate: Candidate, position: int, language: str, now: dt.datetime
) -> AttemptTask:
    """Work on a task in another offered language. Files that exist already are left as they are."""
    attempt = open_for_work(session, candidate, now)
    task = next((task for task in attempt.tasks if task.position == position), None)
    if task is None:
        raise NotFound
    if language not in body_from_json(attempt.version.body).tasks[position].languages:
        raise Invalid.one("language", N_("Choose one of the offered languages."))
    if task.language != language and task.workspace_id is not None:
        files, readonly = starter_of(session, task.pack_version, language)
        add_files(session, task.workspace_id, files, readonly, now, batch=f"language-{language}")
    task.language = language
    return task
