"""Rows for tests, made with the fewest words. Each function adds and flushes; nothing commits."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person, Role
from core.assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptState,
    Invitation,
    Proof,
    ProofState,
)
from core.base.ids import new_share_code, new_token, token_hash
from core.grading.models import Grade, GradeState
from core.ledger.actions import open_log
from core.problems.models import Pack, PackVersion

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
_count = itertools.count(1)


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def make_organisation(session: Session, name: str = "Harbourline") -> Organisation:
    """An organisation."""
    return _add(session, Organisation(name=name))


def make_person(session: Session, name: str = "Priya Raman", **values: Any) -> Person:
    """A person with an account and a mail address of their own."""
    address = f"person{next(_count)}@example.org"
    defaults = {"email": address, "email_normalised": address, "has_account": True}
    return _add(session, Person(name=name, **{**defaults, **values}))


def make_member(
    session: Session, organisation: Organisation, *roles: Role, name: str = "Priya Raman"
) -> Actor:
    """A member of the organisation (recruiter by default), as the actor a door would make."""
    held = roles or (Role.RECRUITER,)
    person = make_person(session, name)
    names = [role.value for role in held]
    _add(session, Membership(organisation_id=organisation.id, person_id=person.id, roles=names))
    return Actor(person.id, person.uuid, person.name, organisation.id, frozenset(held))


def body_json(**changes: Any) -> dict[str, Any]:
    """The body of an assessment version without tasks; see core/assessments/rules/body.py."""
    anchors = {str(level): f"Level {level}" for level in range(1, 6)}
    body: dict[str, Any] = {
        "tasks": [],
        "rubric": {
            "template": "",
            "dimensions": [{"key": "all", "title": "All of it", "weight": 100, "anchors": anchors}],
        },
        "time": {"limit_minutes": 60, "policy": "hard_stop"},
        "window": {"opens_at": None, "closes_at": None},
        "ai_policy": {"mode": "permitted", "text": "Use what you use at work."},
        "manifest": {"version": 1, "kinds": []},
        "follow_ups": [],
        "share_level": "overall",
        "contact": {"name": "Priya Raman", "email": "priya@example.org"},
        "role_title": "Senior Backend Engineer",
        "intro": "A morning of our work.",
    }
    return {**body, **changes}


def make_assessment(session: Session, organisation: Organisation, **changes: Any) -> Assessment:
    """An assessment with one version whose body is ``body_json(**changes)``."""
    assessment = _add(
        session,
        Assessment(
            organisation_id=organisation.id,
            title="Stop the double payouts",
            display_code="PR-4829",
            share_code=new_share_code(),
        ),
    )
    version = AssessmentVersion(
        assessment_id=assessment.id, number=1, body=body_json(**changes), manifest_hash="0" * 64
    )
    assessment.current_version_id = _add(session, version).id
    session.flush()
    return assessment


def make_attempt(
    session: Session,
    assessment: Assessment,
    name: str = "Ingrid Solheim",
    started_at: dt.datetime = NOW,
    **values: Any,
) -> Attempt:
    """An attempt of a new person at work on the assessment's current version."""
    person = make_person(session, name, has_account=False)
    version = session.get_one(AssessmentVersion, assessment.current_version_id)
    log = open_log(session, assessment.organisation_id, version.body["manifest"], started_at)
    defaults: dict[str, Any] = {
        "organisation_id": assessment.organisation_id,
        "assessment_id": assessment.id,
        "version_id": assessment.current_version_id,
        "person_id": person.id,
        "identity_provider": "email",
        "identity_subject": person.email,
        "verified": True,
        "candidate_name": name,
        "candidate_email": person.email,
        "log_id": log.id,
        "consent_locale": "en",
        "consent_text_hash": "0" * 64,
        "resume_code_hash": "0" * 64,
        "started_at": started_at,
    }
    return _add(session, Attempt(**{**defaults, **values}))


def make_submission(
    session: Session,
    assessment: Assessment,
    name: str = "Ingrid Solheim",
    final: str | None = "7.50",
    **values: Any,
) -> Attempt:
    """A handed-in attempt with a grade; ``final`` None leaves it waiting for its grade."""
    attempt = make_attempt(
        session, assessment, name, state=AttemptState.SUBMITTED, finished_at=NOW + dt.timedelta(minutes=50)
    )
    score = None if final is None else Decimal(final)
    defaults: dict[str, Any] = {
        "attempt_id": attempt.id,
        "assessment_id": assessment.id,
        "state": GradeState.WAITING if final is None else GradeState.DONE,
        "raw": score,
        "deduction": None if final is None else Decimal(0),
        "final": score,
        "tests_passed": None if final is None else 6,
        "tests_total": None if final is None else 7,
        "worked_seconds": 3000,
    }
    _add(session, Grade(**{**defaults, **values}))
    return attempt


def make_pack_version(
    session: Session,
    organisation: Organisation | None = None,
    languages: tuple[str, ...] = ("python",),
    title: str = "Add two numbers",
    proven: tuple[str, ...] | None = None,
) -> PackVersion:
    """A version of a new pack, shipped unless of an ``organisation``, proven in all its languages unless told."""
    number = next(_count)
    pack = _add(
        session,
        Pack(organisation_id=organisation.id if organisation else None, slug=f"pack-{number}", title=title),
    )
    manifest = {
        "slug": pack.slug, "version": "1.0.0", "title": title, "summary": "Reads two numbers and prints their sum.",
        "kind": "io", "effort_minutes": 20, "difficulty": "easy", "tags": [], "authors": [], "licence": "MIT",
        "languages": list(languages), "groups": [], "references": [], "mutants": [], "questions": [],
    }  # fmt: skip
    version = _add(
        session,
        PackVersion(
            pack_id=pack.id, version="1.0.0", content_hash=f"{number:064x}", manifest=manifest, files={}
        ),
    )
    for language in languages if proven is None else proven:
        make_proof(session, version, language)
    return version


def make_proof(session: Session, version: PackVersion, language: str, **values: Any) -> Proof:
    """A proof of a version in a language, passed unless told."""
    defaults = {
        "toolchain": "docker: 1", "state": ProofState.PASSED, "total": 3, "done": 3, "finished_at": NOW
    }
    return _add(
        session, Proof(pack_version_id=version.id, language=language, **{**defaults, **values})
    )


def make_invitation(session: Session, assessment: Assessment, name: str = "Ingrid Solheim", **values: Any) -> Invitation:
    """A personal link; its token is unknown."""
    address = f"person{next(_count)}@example.org"
    defaults = {"email": address, "email_normalised": address, "token_hash": token_hash(new_token()), "created_at": NOW}
    return _add(session, Invitation(assessment_id=assessment.id, name=name, **{**defaults, **values}))
