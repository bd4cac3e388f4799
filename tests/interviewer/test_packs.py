"""The screens of the bank: proofs in every state, uploads with what is wrong by place, and who may do what."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from core.accounts.models import Role
from core.assessments.models import ProofState
from core.base.clock import utc_now
from core.base.queue import Job
from core.gateways.files.disk import DiskStore
from core.gateways.files.port import set_store
from core.gateways.runner.port import LanguageReadiness, RunnerState
from core.problems.actions.imports import MAX_UPLOAD, import_pack
from core.problems.actions.shipped import load_shipped_packs
from core.problems.models import PackImport, PackVersion
from core.runs.models import Runner
from core.runs.rules.readiness import state_json
from tests.core.problems.sample import IO_FILES
from tests.core.problems.test_bank import zipped
from tests.factories import NOW, make_organisation, make_pack_version, make_proof


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> None:
    set_store(DiskStore(tmp_path / "files"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in IO_FILES.items():
        path = tmp_path / "packs" / "add-two" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "packs"


@pytest.fixture
def version(session: Any, folder: Path) -> PackVersion:
    [version] = load_shipped_packs(session, NOW, folder)
    session.commit()
    return version


@pytest.fixture
def recruiter(as_staff: Any) -> Any:
    return as_staff(Role.RECRUITER)


def report_runner(session: Any) -> None:
    """A runner of which Python is ready and C++ failed."""
    languages = (
        LanguageReadiness("python", "Python 3.13", "ready"),
        LanguageReadiness("cpp", "C++", "failed", "no compiler"),
    )
    state = RunnerState(engine="docker", languages=languages)
    session.add(Runner(name="here", engine=state.engine, status=state_json(state), seen_at=utc_now()))
    session.commit()


def test_an_empty_bank_says_what_comes(recruiter: Any) -> None:
    text = recruiter.get("/team/packs").text
    assert "No pack yet" in text
    assert "Code cannot run right now" in text


def test_running_off_is_said_with_its_cure(recruiter: Any, version: PackVersion) -> None:
    for url in ("/team/packs", f"/team/packs/{version.pack.uuid}"):
        text = recruiter.get(url).text
        assert "Code cannot run right now" in text
        assert "make run" in text
    assert "Waits: nothing can run" in recruiter.get("/team/packs").text


def test_proofs_are_shown_in_every_state(recruiter: Any, version: PackVersion, session: Any) -> None:
    report_runner(session)
    home = f"/team/packs/{version.pack.uuid}"
    text = recruiter.get(home).text
    assert "Waiting for its turn" in text
    assert "no compiler" in text
    proof = make_proof(session, version, "python", state=ProofState.RUNNING, done=3, total=12, finished_at=None)
    session.commit()
    text = recruiter.get(home).text
    assert "Proving 3 of 12" in text
    assert "data-pending" in text
    assert "Proving 3 of 12" in recruiter.get("/team/packs").text
    proof.state, proof.done, proof.finished_at = ProofState.FAILED, 12, NOW
    proof.report = {"round": 1, "solutions": [
        {"place": "references/python-main", "expect": "ok", "ok": True, "counts": {"ok": 4}, "findings": []},
        {"place": "mutants/python-minus", "expect": "wrong", "ok": False, "counts": {"ok": 4},
         "findings": ["no hidden case ended as wrong; <b>add</b> a test that finds it out"]},
    ]}  # fmt: skip
    session.commit()
    text = recruiter.get(home).text
    assert "Not proven" in text
    assert "&lt;b&gt;add&lt;/b&gt; a test" in text
    assert "Use in an assessment" not in text
    proof.state = ProofState.PASSED
    session.commit()
    assert "Use in an assessment" in recruiter.get(home).text
    chosen = recruiter.get(f"/team/assessments/new?pack={version.uuid}").text
    assert f'name="task" value="{version.uuid}" checked' in chosen


def test_the_page_of_a_pack_tells_what_is_inside(recruiter: Any, version: PackVersion) -> None:
    text = recruiter.get(f"/team/packs/{version.pack.uuid}").text
    for words in ("Print the sum.", "Grading", "nobody: hidden", "python-minus", "subtracts", "numbers are huge", "MIT"):
        assert words in text, words
    assert "sum(map(int" not in text  # no solution
    assert "your code" not in text


def test_hostile_packs_stay_text(recruiter: Any, organisation: Any, session: Any) -> None:
    evil = "<script>alert(1)</script>"
    yaml = IO_FILES["task.yaml"].replace(b"Add two numbers", evil.encode()).replace(b"Reads two numbers", evil.encode())
    statement = f"# {evil}\n\n<img src=x onerror=alert(1)>\n[x](javascript:alert(1)) 100% %(sure)s\n"
    row = PackImport(organisation_id=organisation.id, uploaded_by=recruiter.actor.person_id, file_name="a.zip", file_key="x", problems=[])
    from core.gateways.files.port import file_store

    row.file_key = file_store().put(zipped({**IO_FILES, "task.yaml": yaml, "statement.md": statement.encode()}))
    session.add(row)
    session.flush()
    assert import_pack(session, row.id, NOW).problems == []
    session.commit()
    version = session.get_one(PackVersion, row.pack_version_id)
    for url in ("/team/packs", f"/team/packs/{version.pack.uuid}"):
        text = recruiter.get(url).text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert 'href="javascript' not in text


def upload(client: Any, content: bytes, name: str = "add.zip") -> Any:
    """Send a file as a browser does; the test client itself would leave temporary files open."""
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    return client.post("/team/packs", data=body, content_type="multipart/form-data; boundary=edge")


def test_an_upload_is_followed_to_its_pack(recruiter: Any, session: Any, jobs: list[Any]) -> None:
    answer = upload(recruiter, zipped(IO_FILES))
    assert answer.status_code == 302
    row = session.scalars(select(PackImport)).one()
    assert jobs == [(Job.IMPORT_PACK, [row.id])]
    assert "Being read" in recruiter.get(answer.location).text
    assert "Being read" in recruiter.get("/team/packs").text
    import_pack(session, row.id, NOW)
    session.commit()
    led = recruiter.get(answer.location)
    version = session.get_one(PackVersion, row.pack_version_id)
    assert led.location == f"/team/packs/{version.pack.uuid}"
    told = recruiter.get(answer.location, headers={"HX-Request": "true"})
    assert (told.status_code, told.headers["HX-Redirect"]) == (200, led.location)
    assert "your own" in recruiter.get("/team/packs").text


def test_what_is_wrong_is_named_by_file_and_line(recruiter: Any, session: Any) -> None:
    wrong = IO_FILES["task.yaml"].replace(b"effort_minutes: 10", b"effort_minutes: soon")
    stray = {**IO_FILES, "<b>odd</b>.txt": b"x"}
    first, second = upload(recruiter, zipped({**IO_FILES, "task.yaml": wrong})), upload(recruiter, zipped(stray), "<b>x.zip")
    for row in session.scalars(select(PackImport)).all():
        import_pack(session, row.id, NOW)
    session.commit()
    assert "task.yaml:7" in recruiter.get(first.location).text
    text = recruiter.get(second.location).text
    assert "&lt;b&gt;odd" in text
    assert "<b>" not in text.split("<main")[1].split("</main")[0]
    assert "to mend" in recruiter.get("/team/packs").text


def test_uploads_that_are_no_files(recruiter: Any, session: Any) -> None:
    assert upload(recruiter, b"").status_code == 422
    assert recruiter.post("/team/packs", data={}).status_code == 422
    large = upload(recruiter, b"x" * (MAX_UPLOAD + 1))
    assert large.status_code == 422
    assert "at most 5 MB" in large.text
    assert upload(recruiter, b"x" * (MAX_UPLOAD + 1024 * 1024)).status_code == 413
    assert session.scalars(select(PackImport)).all() == []


def test_interviewers_read_and_strangers_see_nothing(as_staff: Any, recruiter: Any, organisation: Any, session: Any) -> None:
    own = make_pack_version(session, organisation, title="Own pack")
    elsewhere = make_organisation(session, "Elsewhere")
    row = PackImport(organisation_id=organisation.id, uploaded_by=recruiter.actor.person_id, file_name="a.zip", file_key="x", problems=[])
    session.add(row)
    session.commit()
    reader, stranger = as_staff(Role.INTERVIEWER), as_staff(Role.ADMIN, of=elsewhere)
    text = reader.get("/team/packs").text
    assert "Own pack" in text
    assert "Bring your own" not in text
    assert upload(reader, b"x").status_code == 403
    assert "Own pack" not in stranger.get("/team/packs").text
    assert stranger.get(f"/team/packs/{own.pack.uuid}").status_code == 404
    assert stranger.get(f"/team/packs/imports/{row.uuid}").status_code == 404
    assert recruiter.get(f"/team/packs/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_costs_a_fixed_number_of_queries(recruiter: Any, session: Any, number: int) -> None:
    for _ in range(number):
        make_pack_version(session, languages=("python", "cpp", "java"))
    session.commit()
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2]))
    recruiter.get("/team/packs")
    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 6


def test_an_old_report_of_the_runner_counts_as_silence(recruiter: Any, version: PackVersion, session: Any) -> None:
    report_runner(session)
    session.scalars(select(Runner)).one().seen_at = utc_now() - timedelta(seconds=60)
    session.commit()
    assert "Code cannot run right now" in recruiter.get("/team/packs").text
