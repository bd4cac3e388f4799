"""Assessments are made and changed as immutable versions; every deed leaves an audit row and a hint."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Role
from core.assessments.actions.content import (
    archive_assessment,
    change_assessment,
    create_assessment,
    restore_assessment,
)
from core.assessments.actions.sharing import close_share_code, open_share_code
from core.assessments.models import AssessmentVersion, ProofState
from core.assessments.queries.offers import offered_packs
from core.assessments.rules.body import body_from_json
from core.audit.models import AuditEvent
from core.base.db import Database, run_after_commit
from core.base.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.core.assessments.bodies import good_body
from tests.factories import NOW, make_member, make_organisation, make_pack_version, make_proof


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)))


def test_create_keeps_the_body_and_tells(session: Session, database: Database, hints: list[Any]) -> None:
    actor = make_member(session, make_organisation(session))
    body = good_body(make_pack_version(session).uuid)
    made = create_assessment(session, actor, "  Stop the double payouts ", body, NOW)
    version = session.get_one(AssessmentVersion, made.current_version_id)
    assert (made.title, version.number, body_from_json(version.body)) == ("Stop the double payouts", 1, body)
    assert version.manifest_hash == body.manifest.hash()
    assert made.display_code.startswith("PR-")
    assert kinds(session) == ["assessment.created"]
    run_after_commit(session)
    assert (hints[0][0], hints[0][1]) == ("assessment.changed", f"assessment:{made.uuid}")


def test_what_is_wrong_is_named_by_field(session: Session) -> None:
    actor = make_member(session, make_organisation(session))
    body = replace(good_body(), role_title="")
    with pytest.raises(Invalid) as refused:
        create_assessment(session, actor, "", body, NOW)
    assert set(refused.value.fields) == {"title", "role_title", "tasks"}
    assert kinds(session) == []


def test_a_change_is_a_new_version_and_no_change_is_none(session: Session) -> None:
    actor = make_member(session, make_organisation(session))
    body = good_body(make_pack_version(session).uuid)
    made = create_assessment(session, actor, "Payouts", body, NOW)
    same = change_assessment(session, actor, made.uuid, "Payouts", body, 1, NOW)
    assert same.number == 1
    assert kinds(session) == ["assessment.created"]
    newer = change_assessment(session, actor, made.uuid, "Payouts", replace(body, intro="Hello."), 1, NOW)
    assert (newer.number, made.current_version_id) == (2, newer.id)
    assert session.get_one(AssessmentVersion, same.id).body["intro"] == body.intro
    with pytest.raises(Conflict):
        change_assessment(session, actor, made.uuid, "Payouts", body, 1, NOW)
    renamed = change_assessment(session, actor, made.uuid, "Payouts again", replace(body, intro="Hello."), 2, NOW)
    assert (renamed.number, made.title) == (2, "Payouts again")
    assert kinds(session)[1:] == ["assessment.changed", "assessment.changed"]


@pytest.mark.parametrize(
    "deed",
    [
        lambda s, a, u: change_assessment(s, a, u, "T", good_body(), 1, NOW),
        lambda s, a, u: archive_assessment(s, a, u, NOW),
        lambda s, a, u: restore_assessment(s, a, u),
        lambda s, a, u: open_share_code(s, a, u),
        lambda s, a, u: close_share_code(s, a, u, NOW),
    ],
)
def test_only_recruiters_of_the_organisation(session: Session, deed: Callable[..., Any]) -> None:
    organisation = make_organisation(session)
    body = good_body(make_pack_version(session).uuid)
    made = create_assessment(session, make_member(session, organisation), "Payouts", body, NOW)
    with pytest.raises(NotAllowed):
        deed(session, make_member(session, organisation, Role.INTERVIEWER), made.uuid)
    for role in (Role.ADMIN, Role.INTERVIEWER):
        with pytest.raises(NotFound):
            deed(session, make_member(session, make_organisation(session, "Elsewhere"), role), made.uuid)
    with pytest.raises(NotFound):
        deed(session, make_member(session, organisation, Role.ADMIN), uuid.uuid4())


def test_archive_and_code_can_be_taken_back(session: Session) -> None:
    actor = make_member(session, make_organisation(session))
    made = create_assessment(session, actor, "Payouts", good_body(make_pack_version(session).uuid), NOW)
    code = open_share_code(session, actor, made.uuid).share_code
    assert open_share_code(session, actor, made.uuid).share_code == code
    close_share_code(session, actor, made.uuid, NOW)
    assert made.share_code_closed_at == NOW
    assert open_share_code(session, actor, made.uuid).share_code == code
    assert made.share_code_closed_at is None
    assert open_share_code(session, actor, made.uuid, fresh=True).share_code != code
    archive_assessment(session, actor, made.uuid, NOW)
    archive_assessment(session, actor, made.uuid, NOW)
    with pytest.raises(Conflict):
        open_share_code(session, actor, made.uuid)
    restore_assessment(session, actor, made.uuid)
    assert made.archived_at is None
    assert kinds(session) == [
        "assessment.created", "assessment.code_opened", "assessment.code_closed", "assessment.code_opened",
        "assessment.code_opened", "assessment.archived", "assessment.restored",
    ]  # fmt: skip


def test_offers_are_proven_packs_in_their_proven_languages(session: Session) -> None:
    organisation = make_organisation(session)
    shipped = make_pack_version(session, languages=("python", "cpp", "java"), proven=("java", "python"))
    own = make_pack_version(session, organisation, title="Own")
    make_pack_version(session, make_organisation(session, "Elsewhere"), title="Foreign")
    make_pack_version(session, title="Unproven", proven=())
    broken = make_pack_version(session, title="Broken", proven=())
    make_proof(session, broken, "python", state=ProofState.FAILED)
    make_proof(session, own, "python", state=ProofState.RUNNING, toolchain="docker: 2", finished_at=None)
    offers = offered_packs(session, organisation.id)
    assert {key: offer.languages for key, offer in offers.items()} == {
        shipped.uuid: ("python", "java"), own.uuid: ("python",)
    }  # fmt: skip


def test_the_last_finished_proof_decides(session: Session) -> None:
    organisation = make_organisation(session)
    version = make_pack_version(session, languages=("python",))
    make_proof(session, version, "python", state=ProofState.FAILED, toolchain="docker: 2")
    assert offered_packs(session, organisation.id) == {}
    make_proof(session, version, "python", toolchain="docker: 3")
    assert list(offered_packs(session, organisation.id)) == [version.uuid]


def test_an_assessment_keeps_the_version_it_uses(session: Session) -> None:
    organisation = make_organisation(session)
    older = make_pack_version(session)
    newer = make_pack_version(session)
    newer.pack_id = older.pack_id
    session.flush()
    assert list(offered_packs(session, organisation.id)) == [newer.uuid]
    assert set(offered_packs(session, organisation.id, [older.uuid])) == {older.uuid, newer.uuid}
    actor = make_member(session, organisation)
    with pytest.raises(Invalid):
        create_assessment(session, actor, "Payouts", good_body(older.uuid), NOW)
