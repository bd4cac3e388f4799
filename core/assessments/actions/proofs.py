"""Proving packs in the background: references and mutants run in the sandbox, per language and toolchain."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.assessments.models import Proof, ProofState
from core.assessments.queries.proofs import needs_start, versions_to_prove
from core.assessments.rules.proofs import conclude, report_json, solutions
from core.assessments.rules.running import lost_verdicts, meta_of, to_plan, verdicts_from_json
from core.base.ids import uuid7
from core.base.realtime import hint
from core.gateways.runner.port import RunnerState
from core.problems.models import PackVersion
from core.problems.queries.contents import pack_of
from core.problems.rules.verdict import CaseVerdict
from core.runs.actions import request_run
from core.runs.models import Run, RunClass, RunState
from core.runs.queries import count_ended, last_runner_state, runs_of_round
from core.runs.rules.readiness import toolchain_of

SUBJECT = "proof"


def ensure_proofs(session: Session, now: dt.datetime) -> int:
    """Start the proof of the next pack version in use that lacks one on the present toolchain; returns how many do.

    The timetable calls it: work begins when the runner first becomes ready, and after every change of a toolchain.
    """
    state = last_runner_state(session)
    if state is None or state.engine == "off":
        return 0
    wanted = versions_to_prove(session, state, now)
    if wanted:
        start_proof(session, wanted[0], now)
    return len(wanted)


def start_proof(session: Session, pack_version_id: int, now: dt.datetime) -> list[Proof]:
    """Start what is not proven yet of a version, in each language that is ready. Twice asked, nothing starts twice.

    While no language is ready nothing happens: ``ensure_proofs`` asks again.
    """
    version = session.get(PackVersion, pack_version_id)
    state = last_runner_state(session)
    if version is None or state is None:
        return []
    proofs = [_lock_proof(session, version, *pair, now) for pair in _pairs(version, state)]
    started = [proof for proof in proofs if needs_start(proof, now)]
    for proof in started:
        _start(session, version, proof, now)
    return started


def take_result(session: Session, run: Run, now: dt.datetime) -> None:
    """Count an ended run of a proof; after the last one say whether the gate is passed."""
    proof = session.scalars(
        select(Proof)
        .where(Proof.id == run.subject_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if proof is None or proof.state != ProofState.RUNNING or run.job["meta"]["round"] != _round(proof):
        return
    proof.done = count_ended(session, SUBJECT, proof.id, _round(proof))
    if proof.done >= proof.total:
        _conclude(session, proof, runs_of_round(session, SUBJECT, proof.id, _round(proof)), now)
    _tell(session, proof)


def _pairs(version: PackVersion, state: RunnerState) -> list[tuple[str, str]]:
    """(language, toolchain) of the languages that are ready."""
    known = [(name, toolchain_of(state, name)) for name in version.manifest["languages"]]
    return [(name, toolchain) for name, toolchain in known if toolchain is not None]


def _lock_proof(
    session: Session, version: PackVersion, language: str, toolchain: str, now: dt.datetime
) -> Proof:
    row = {"uuid": uuid7(), "pack_version_id": version.id, "language": language, "toolchain": toolchain,
           "created_at": now, "state": ProofState.PENDING, "total": 0, "done": 0, "report": {}}  # fmt: skip
    session.execute(insert(Proof).values(row).on_conflict_do_nothing())
    mine = (Proof.pack_version_id == version.id, Proof.language == language, Proof.toolchain == toolchain)
    locked = select(Proof).where(*mine).with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).one()


def _start(session: Session, version: PackVersion, proof: Proof, now: dt.datetime) -> None:
    pack = pack_of(session, version)
    round_number = _round(proof) + (proof.state == ProofState.FAILED)
    proof.report = {"round": round_number}
    proof.state, proof.done, proof.total, proof.finished_at = ProofState.RUNNING, 0, 0, None
    for solution in solutions(pack, proof.language):
        for planned in solution.plans:
            meta = {"pack_version": version.id, "place": solution.place, "round": round_number}
            request_run(
                session,
                run_class=RunClass.PROVE,
                purpose="prove",
                subject_kind=SUBJECT,
                subject_id=proof.id,
                owner_key=f"pack:{version.pack_id}",
                topic="",
                organisation_id=version.pack.organisation_id,
                plan=to_plan(planned),
                now=now,
                meta={**meta_of(planned), **meta},
            )
            proof.total += 1
    if not proof.total:
        _conclude(session, proof, [], now)
    _tell(session, proof)


def _conclude(session: Session, proof: Proof, runs: Sequence[Run], now: dt.datetime) -> None:
    verdicts: dict[str, list[CaseVerdict]] = defaultdict(list)
    for run in runs:
        meta = run.job["meta"]
        if run.state == RunState.FINISHED:
            verdicts[meta["place"]] += verdicts_from_json(run.verdicts)
        else:
            verdicts[meta["place"]] += lost_verdicts(meta, run.error)
    pack = pack_of(session, session.get_one(PackVersion, proof.pack_version_id))
    shown = conclude(pack, proof.language, verdicts)
    proof.report = report_json(shown, _round(proof))
    passed = bool(shown) and all(each.ok for each in shown)
    proof.state = ProofState.PASSED if passed else ProofState.FAILED
    proof.finished_at = now


def _round(proof: Proof) -> int:
    return int(proof.report.get("round", 1))


def _tell(session: Session, proof: Proof) -> None:
    session.flush()
    version = session.get_one(PackVersion, proof.pack_version_id)
    told: dict[str, Any] = {"state": str(proof.state), "done": proof.done, "total": proof.total}
    hint(session, f"pack:{version.pack.uuid}", "proof.changed", proof=str(proof.uuid), language=proof.language, **told)
