"""Packs come into the bank once by content, from the checkout and from uploaded zips."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core.accounts.models import Role
from core.base.db import Database
from core.base.errors import Invalid, NotAllowed, NotFound
from core.base.queue import Job
from core.gateways.files.disk import DiskStore
from core.gateways.files.port import set_store
from core.problems.actions.imports import MAX_UPLOAD, import_pack, take_upload
from core.problems.actions.shipped import load_shipped_packs
from core.problems.models import ImportState, PackImport, PackVersion
from core.problems.queries.contents import files_of, pack_of, public_tests, starter_files
from core.problems.queries.imports import get_import, list_imports
from core.problems.queries.packs import get_pack, list_packs, newest_version, versions_by_uuid
from tests.core.problems.sample import IO_FILES
from tests.factories import NOW, make_member, make_organisation

MISSING = 10**9


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> DiskStore:
    store = DiskStore(tmp_path / "files")
    set_store(store)
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in IO_FILES.items():
        path = tmp_path / "packs" / "add-two" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "packs"


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_shipped_packs_are_stored_once_and_sent_to_proof(
    database: Database, folder: Path, jobs: list[Any]
) -> None:
    with database.unit_of_work() as session:
        [version] = load_shipped_packs(session, NOW, folder)
    assert jobs == [(Job.START_PROOF, [version.id])]
    with database.unit_of_work() as session:
        assert load_shipped_packs(session, NOW, folder) == []
    (folder / "add-two" / "statement.md").write_text("# Add\n\nPrint the sum of both.\n")
    with database.unit_of_work() as session:
        [newer] = load_shipped_packs(session, NOW, folder)
        assert newer.pack_id == version.pack_id
        assert newest_version(session, newer.pack).id == newer.id
    assert len(jobs) == 2


def test_a_broken_shipped_folder_is_left_out(session: Session, folder: Path) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "task.yaml").write_text("format: 1\n")
    assert len(load_shipped_packs(session, NOW, folder)) == 1


def test_a_version_gives_back_what_went_in(session: Session, folder: Path) -> None:
    [version] = load_shipped_packs(session, NOW, folder)
    assert files_of(session, version) == IO_FILES
    pack = pack_of(session, version)
    assert pack.digest == version.content_hash
    assert pack_of(session, version) is pack
    assert dict(starter_files(session, version, "python")) == {"main.py": b"# your code\n"}
    [samples] = public_tests(session, version, "cpp")
    assert [case.id for case in samples.cases] == ["small"]
    assert version.manifest["languages"] == ["python", "cpp"]
    assert [group["points"] for group in version.manifest["groups"]] == ["1", "9"]


def test_an_upload_becomes_a_pack_of_its_organisation_alone(
    database: Database, jobs: list[Any], hints: list[Any], store: DiskStore
) -> None:
    with database.unit_of_work() as session:
        organisation = make_organisation(session)
        actor = make_member(session, organisation)
        row = take_upload(session, actor, "C:\\packs\\add.zip\x00", zipped(IO_FILES), NOW)
        assert row.file_name == "add.zip"
    assert jobs == [(Job.IMPORT_PACK, [row.id])]
    with database.unit_of_work() as session:
        done = import_pack(session, row.id, NOW)
        assert (done.state, done.problems) == (ImportState.ACCEPTED, [])
    assert [(event, data["state"]) for event, _, data in hints] == [("import.changed", "accepted")]
    assert hints[0][1] == f"org:{organisation.uuid}"
    assert list(store.folder.iterdir()) == []
    with database.unit_of_work() as session:
        again = import_pack(session, row.id, NOW)
        assert again.pack_version_id == done.pack_version_id
        assert count(session, PackVersion) == 1
        stranger = make_organisation(session, "Elsewhere")
        [version] = list_packs(session, organisation.id)
        assert list_packs(session, stranger.id) == []
        assert versions_by_uuid(session, stranger.id, [version.uuid]) == {}
        assert get_import(session, organisation.id, row.uuid).id == row.id
        assert [found.id for found in list_imports(session, organisation.id)] == [row.id]
        for ask in (lambda: get_pack(session, stranger.id, version.pack.uuid),
                    lambda: get_import(session, stranger.id, row.uuid)):
            with pytest.raises(NotFound):
                ask()


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({"task.yaml": IO_FILES["task.yaml"].replace(b"effort_minutes: 10", b"effort_minutes: soon")}, "task.yaml", "effort"),
        ({"tests/grading/1.in": Random(1).randbytes(1024 * 1024 + 1)}, "tests/grading/1.in", "larger than 1024 KiB"),
        ({"../../etc/passwd": b"root"}, "../../etc/passwd", "empty parts"),
        ({"tests/gr\x01ad/1.in": b"x"}, "tests/gr\ufffdad/1.in", "character"),
        ({"task.yaml": b"\xff\xfe"}, "task.yaml", "UTF-8"),
    ],
)
def test_a_bad_upload_is_refused_with_places(
    session: Session, files: dict[str, bytes], place: str, words: str
) -> None:
    actor = make_member(session, make_organisation(session))
    row = take_upload(session, actor, "add.zip", zipped({**IO_FILES, **files}), NOW)
    refused = import_pack(session, row.id, NOW)
    assert refused.state == ImportState.REFUSED
    found = [problem for problem in refused.problems if problem["path"] == place]
    assert any(words in problem["message"] for problem in found), refused.problems
    assert count(session, PackVersion) == 0


def test_no_zip_at_all_is_a_problem_not_a_crash(session: Session) -> None:
    actor = make_member(session, make_organisation(session))
    row = take_upload(session, actor, "add.zip", b"PK\x03\x04 nothing", NOW)
    assert import_pack(session, row.id, NOW).problems[0]["path"] == "add.zip"


def test_a_version_number_keeps_its_content(session: Session) -> None:
    actor = make_member(session, make_organisation(session))
    rows = [
        take_upload(session, actor, "add.zip", zipped({**IO_FILES, "statement.md": text}), NOW)
        for text in (b"# One\n", b"# One\n", b"# Two\n")
    ]
    states = [import_pack(session, row.id, NOW).state for row in rows]
    assert states == ["accepted", "accepted", "refused"]
    assert rows[0].pack_version_id == rows[1].pack_version_id
    assert "raise `version`" in rows[2].problems[0]["message"]


def test_a_lost_file_ends_as_refused(session: Session, store: DiskStore) -> None:
    actor = make_member(session, make_organisation(session))
    row = take_upload(session, actor, "add.zip", zipped(IO_FILES), NOW)
    store.delete(row.file_key)
    assert "upload it again" in import_pack(session, row.id, NOW).problems[0]["message"]
    with pytest.raises(NotFound):
        import_pack(session, MISSING, NOW)


def test_uploads_are_bounded_and_for_recruiters(session: Session) -> None:
    organisation = make_organisation(session)
    actor = make_member(session, organisation)
    for content in (b"", b"x" * (MAX_UPLOAD + 1)):
        with pytest.raises(Invalid) as refused:
            take_upload(session, actor, "add.zip", content, NOW)
        assert list(refused.value.fields) == ["file"]
    with pytest.raises(NotAllowed):
        take_upload(session, make_member(session, organisation, Role.INTERVIEWER), "a.zip", b"x", NOW)
    assert count(session, PackImport) == 0


def test_the_list_costs_one_query(session: Session, folder: Path) -> None:
    load_shipped_packs(session, NOW, folder)
    session.expire_all()
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
    titles = [version.pack.title for version in list_packs(session, make_organisation(session).id)]
    assert titles == ["Add two numbers"]
    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 1
