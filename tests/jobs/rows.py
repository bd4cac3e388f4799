"""A small real pack in Python, and attempts that work on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.assessments.models import Attempt, AttemptTask
from core.ledger.models import EvidenceLog
from core.problems.actions.versions import keep_version
from core.problems.models import PackVersion
from core.problems.rules.validate import read_pack
from core.workspaces.actions import create_workspace
from tests.core.problems.sample import IO_FILES
from tests.factories import NOW, make_assessment, make_attempt, make_organisation

ADD = {path: data for path, data in IO_FILES.items() if "cpp" not in path}
ADD["task.yaml"] = IO_FILES["task.yaml"].replace(b"  cpp:\n    limits: {wall_ms: 4000}\n", b"")
MANIFEST = {"version": 1, "kinds": [{"kind": "ran", "why": "shows testing", "keep_days": 30}]}
REFERENCE = ADD["references/python-main/main.py"]
MUTANT = ADD["mutants/python-minus/main.py"]
SLEEPS = b"import time\nprint('up', flush=True)\ntime.sleep(1.5)\n" + REFERENCE


def make_pack(session: Session, files: dict[str, bytes] = ADD) -> PackVersion:
    """The pack in the bank."""
    read = read_pack(files)
    assert read.pack is not None, read.problems
    return keep_version(session, None, read.pack, files, NOW).version


def make_work(
    session: Session,
    program: bytes = REFERENCE,
    files: dict[str, bytes] = ADD,
    body: Any = None,
    path: str = "main.py",
    **values: Any,
) -> tuple[Attempt, AttemptTask]:
    """An attempt at one Python task whose workspace holds ``program``."""
    version = make_pack(session, files)
    attempt = make_attempt(session, make_assessment(session, make_organisation(session), **(body or {})), **values)
    session.get_one(EvidenceLog, attempt.log_id).manifest = MANIFEST
    workspace = create_workspace(session, attempt.organisation_id, {path: program}, (), NOW)
    task = AttemptTask(
        attempt_id=attempt.id, position=0, pack_version_id=version.id, language="python", workspace_id=workspace.id
    )
    session.add(task)
    session.flush()
    session.refresh(attempt)
    return attempt, task
