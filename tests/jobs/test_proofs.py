"""A shipped pack is proven in the real sandbox by the real jobs, and a pack whose mutants go unnoticed is not."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.assessments.actions.proofs import ensure_proofs, start_proof
from core.assessments.models import Proof, ProofState
from core.assessments.queries.proofs import offered_languages, proofs_of
from core.base.clock import utc_now
from core.problems.actions.shipped import load_shipped_packs
from core.problems.models import PackVersion
from core.problems.shipped import FOLDER, shipped_folders
from core.runs.models import Run, RunState
from jobs.packs import start_proof as start_proof_job
from jobs.runs import wake_prove
from tests.jobs.rows import ADD as IO_FILES

pytestmark = pytest.mark.engine


def only_pack(tmp_path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = tmp_path / "packs" / "one" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "packs"


def load(wiring, folder) -> PackVersion:
    with wiring.database.unit_of_work() as session:
        [version] = load_shipped_packs(session, utc_now(), folder)
    return version


def proofs(wiring, version) -> dict[str, Proof]:
    with wiring.database.unit_of_work() as session:
        return {proof.language: proof for proof in proofs_of(session, [version.id])}


def prove_all(wiring) -> None:
    """A wake-up ends after a minute and leaves the rest to the next."""
    while True:
        wake_prove()
        with wiring.database.reading() as session:
            if not session.scalar(select(func.count(Run.id)).where(Run.state == RunState.QUEUED)):
                return


@pytest.mark.parametrize("place", shipped_folders(FOLDER), ids=lambda place: place.name)
def test_every_shipped_pack_is_proven_in_every_language(wiring, tmp_path, hints, place):
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / place.name).symlink_to(place)
    version = load(wiring, folder)
    start_proof_job(version.id)
    other = threading.Thread(target=prove_all, args=(wiring,))  # two workers share the work
    other.start()
    prove_all(wiring)
    other.join()
    for language, proof in proofs(wiring, version).items():
        failed = [each for each in proof.report["solutions"] if not each["ok"]]
        assert proof.state == ProofState.PASSED, (language, failed)
        assert proof.done == proof.total > 1
    with wiring.database.reading() as session:
        assert offered_languages(session, version.id) == version.manifest["languages"]
        assert set(session.scalars(select(Run.state))) == {RunState.FINISHED}
    assert {data["state"] for event, _, data in hints if event == "proof.changed"} == {"running", "passed"}


def test_a_mutant_that_nothing_finds_out_fails_the_gate(wiring, tmp_path):
    reference = IO_FILES["references/python-main/main.py"]
    files = {**IO_FILES, "mutants/python-minus/main.py": reference + b"\n# the same, in truth\n"}
    version = load(wiring, only_pack(tmp_path, files))
    start_proof_job(version.id)
    wake_prove()
    proof = proofs(wiring, version)["python"]
    assert proof.state == ProofState.FAILED
    [mutant] = [each for each in proof.report["solutions"] if each["place"] == "mutants/python-minus"]
    assert not mutant["ok"]
    assert "no hidden case ended as wrong" in mutant["findings"][0]
    with wiring.database.reading() as session:
        assert "python" not in offered_languages(session, version.id)


def test_asking_twice_starts_nothing_twice(wiring, tmp_path):
    version = load(wiring, only_pack(tmp_path, IO_FILES))
    start_proof_job(version.id)
    with wiring.database.reading() as session:
        before = session.scalar(select(func.count(Run.id)))
    start_proof_job(version.id)
    with wiring.database.unit_of_work() as session:
        assert start_proof(session, version.id, utc_now()) == []
        assert ensure_proofs(session, utc_now()) == 0
        assert session.scalar(select(func.count(Run.id))) == before > 0


def test_without_a_runner_a_proof_waits_and_begins_when_it_is_ready(make_wiring, sandboxd, tmp_path):
    from core.runs.actions import put_runner_status

    off = make_wiring()
    version = load(off, only_pack(tmp_path, IO_FILES))
    with off.database.unit_of_work() as session:
        put_runner_status(session, "test", off.runner.status(), utc_now())
        assert ensure_proofs(session, utc_now()) == 0
    assert proofs(off, version) == {}
    on = make_wiring(str(sandboxd.socket))
    with on.database.unit_of_work() as session:
        put_runner_status(session, "test", on.runner.status(), utc_now())
        assert ensure_proofs(session, utc_now()) == 1
    wake_prove()
    assert {proof.state for proof in proofs(on, version).values()} == {ProofState.PASSED}
