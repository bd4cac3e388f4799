"""Each job of queue ``default``, twice: one effect. (Runs, grading and proofs: beside their own tests.)"""

from __future__ import annotations

import zipfile
from io import BytesIO

from sqlalchemy import func, select

from core.base.clock import utc_now
from core.gateways.files.disk import DiskStore
from core.gateways.files.port import set_store
from core.notifications.actions import send_mail as write_mail
from core.notifications.models import OutgoingMail
from core.problems.actions.imports import take_upload
from core.problems.models import PackImport, PackVersion
from jobs.mail import send_mail
from jobs.packs import import_pack, start_proof
from tests.factories import NOW, make_member, make_organisation
from tests.jobs.rows import ADD

COLLEAGUE = {"organisation": "Harbourline", "inviter": "Priya", "expires_at": NOW, "zone": "UTC"}


def test_a_zip_is_read_once(make_wiring, tmp_path, jobs):
    wiring = make_wiring()
    set_store(DiskStore(tmp_path / "files"))
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in ADD.items():
            archive.writestr(path, data)
    with wiring.database.unit_of_work() as session:
        actor = make_member(session, make_organisation(session))
        row = take_upload(session, actor, "pack.zip", buffer.getvalue(), NOW)
    for _ in range(2):
        import_pack(row.id)
    with wiring.database.reading() as session:
        [done] = session.scalars(select(PackImport))
        assert (done.state, done.problems) == ("accepted", [])
        [version] = session.scalars(select(PackVersion))
        assert done.pack_version_id == version.id
        version_id = version.id
    start_proof(version_id)  # no runner has reported yet: nothing to do, and no fault


def test_a_mail_is_handled_once(make_wiring):
    wiring = make_wiring()
    with wiring.database.unit_of_work() as session:
        mail = write_mail(
            session, "colleague", organisation_id=None, to_address="a@example.org", to_name="A",
            link="http://localhost:8000/x", values=COLLEAGUE, now=utc_now(),
        )  # fmt: skip
    for _ in range(2):
        send_mail(mail.id)
    with wiring.database.reading() as session:
        assert session.scalars(select(OutgoingMail.state)).all() == ["kept"]
        assert session.scalar(select(func.count(OutgoingMail.id))) == 1
        assert session.scalars(select(OutgoingMail.tries)).all() == [0]


