"""A candidate's runs as the page shows them (RunView of frontend/workspace/contract.ts). Public tests only."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.models import AttemptTask
from core.base.errors import N_
from core.problems.queries.contents import pack_of
from core.problems.rules.pack import Pack, TestCase
from core.runs.models import Run, RunState
from core.runs.queries import queue_position, runs_of
from core.runs.rules.stored_result import text_of

SUBJECT = "attempt_task"
KINDS = {"own": "stdin", "public": "tests"}
SHOWN_BYTES = 16 * 1024
STAGES = {"": "starting", "queued": "starting", "box": "starting", "build": "building"}
FAILED_NOTICE = N_("The sandbox failed, not your program. Your work is safe; run it again.")
Json = dict[str, Any]


def runs_of_click(session: Session, task_id: int, click: str) -> list[Run]:
    """The runs that one request of the page made, oldest first; none for an empty ``click``."""
    if not click:
        return []
    mine = select(Run).where(Run.subject_kind == SUBJECT, Run.subject_id == task_id)
    return list(session.scalars(mine.where(Run.job["meta"]["click"].astext == click).order_by(Run.id)))


def run_views(session: Session, task: AttemptTask, limit: int = 10) -> list[Json]:
    """The newest clicks of a task first, each as a RunView."""
    runs = runs_of(session, SUBJECT, task.id, list(KINDS), limit * 4)
    clicks = [list(group)[::-1] for _, group in groupby(runs, key=lambda r: r.job["meta"]["click"] or r.id)]
    return [view_of(session, task, click) for click in clicks[:limit]]


def view_of(session: Session, task: AttemptTask, runs: Sequence[Run]) -> Json:
    """One click as a RunView; a project with several public groups has a run for each."""
    first = runs[0]
    ended = [run.finished_at for run in runs if run.finished_at is not None]
    walls = [_wall(run) for run in runs if run.result]
    whole = len(ended) == len(runs)
    return {
        "id": str(first.uuid),
        "kind": KINDS[first.purpose],
        "language": first.language,
        "state": _state(runs),
        "position": next((queue_position(session, run) for run in runs if run.state == RunState.QUEUED), None),
        "queued_at": first.created_at.isoformat(),
        "finished_at": max(ended).isoformat() if whole else None,
        "wall_ms": sum(walls) if walls else None,
        "build": next((_build(run.result) for run in runs if run.result and run.result["build"]), None),
        "results": [result for run in runs for result in _results(session, task, run)],
        "total": sum(_total(run) for run in runs),
        "notice": FAILED_NOTICE if any(run.state == RunState.FAILED for run in runs) else "",
    }


def _state(runs: Iterable[Run]) -> str:
    """Of several runs: what is still open says the state, else the worst end."""
    states = {run.state: run for run in runs}
    for state in (RunState.RUNNING, RunState.QUEUED, RunState.FAILED, RunState.CANCELLED):
        if state in states:
            stage = states[state].stage.split(" ")[0]
            return STAGES.get(stage, "running") if state == RunState.RUNNING else str(state)
    return "finished"


def _wall(run: Run) -> int:
    timings: Mapping[str, int] = (run.result or {}).get("timings", {})
    return int(timings.get("box_ms", 0) + timings.get("build_ms", 0) + timings.get("run_ms", 0))


def _total(run: Run) -> int:
    tests = run.job["meta"].get("tests", {})
    return sum(len(test["cases"]) for test in tests.values()) if tests else 1


def _build(result: Json) -> Json:
    build = result["build"]
    output = (build["stdout"] + build["stderr"])[:SHOWN_BYTES]
    cut = build["stdout_truncated"] or build["stderr_truncated"]
    return {"ok": build["status"] == "ok", "output": {"text": output, "truncated": cut}}


def _results(session: Session, task: AttemptTask, run: Run) -> list[Json]:
    if run.result is None:
        return []
    done = {test["id"]: test for test in run.result["tests"]}
    if run.verdicts is None:
        return [_own_result(test) for test in done.values()]
    pack = pack_of(session, task.pack_version)
    return [_case_result(pack, run, verdict, done) for verdict in run.verdicts]


def _own_result(test: Json) -> Json:
    return {**_measured(test), "name": "", "status": test["status"], "message": test["detail"],
            "stdin": None, "expected": None}  # fmt: skip


def _case_result(pack: Pack, run: Run, verdict: Json, done: Mapping[str, Json]) -> Json:
    test_id, alone = _test_of(run, verdict)
    case = next(case for case in pack.group(verdict["group"]).cases if case.id == verdict["case"])
    shown = _measured(done.get(test_id))
    if not alone:  # many cases came out of one process: its output belongs to none of them alone
        shown |= {"received": None, "wall_ms": None, "cpu_ms": None, "memory_kb": None}
    return {
        **shown,
        "name": case.title or case.id,
        "status": verdict["status"],
        "message": verdict["message"],
        **_asked(case),
    }


def _test_of(run: Run, verdict: Json) -> tuple[str, bool]:
    """The planned test that decided a case, and whether it decided nothing else."""
    for test_id, test in run.job["meta"]["tests"].items():
        if test["group"] == verdict["group"] and verdict["case"] in test["cases"]:
            return test_id, len(test["cases"]) == 1
    return "", False


def _asked(case: TestCase) -> Json:
    """Input and expected output of a public case; a project's cases have neither."""
    if case.name:
        return {"stdin": None, "expected": None}
    return {"stdin": _text(case.stdin), "expected": _text(case.expected)}


def _text(content: bytes) -> Json:
    return {"text": text_of(content, SHOWN_BYTES), "truncated": len(content) > SHOWN_BYTES}


def _measured(test: Json | None) -> Json:
    if test is None:
        return dict.fromkeys(
            ("wall_ms", "cpu_ms", "memory_kb", "exit_code", "signal", "received", "stderr"), None
        )
    return {
        "wall_ms": test["wall_ms"],
        "cpu_ms": test["cpu_ms"],
        "memory_kb": test["peak_memory_kb"],
        "exit_code": test["exit_code"],
        "signal": _signal(test["signal"]),
        "received": {"text": test["stdout"][:SHOWN_BYTES], "truncated": test["stdout_truncated"]},
        "stderr": {"text": test["stderr"][:SHOWN_BYTES], "truncated": test["stderr_truncated"]},
    }


def _signal(number: int | None) -> str | None:
    if number is None:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
