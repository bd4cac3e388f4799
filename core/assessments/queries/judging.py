"""Verdicts on a run's answer, made here and never in the sandbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.assessments.rules.running import judge, verdict_json
from core.gateways.runner.port import Outcome
from core.problems.models import PackVersion
from core.problems.queries.contents import pack_of
from core.runs.models import Run


def judge_run(session: Session, run: Run, outcome: Outcome) -> list[dict[str, Any]] | None:
    """One stored verdict a case; None for a run with the candidate's own input, which nobody judges."""
    meta = run.job["meta"]
    if "tests" not in meta:
        return None
    pack = pack_of(session, session.get_one(PackVersion, meta["pack_version"]))
    return [verdict_json(verdict) for verdict in judge(pack, meta, outcome)]
