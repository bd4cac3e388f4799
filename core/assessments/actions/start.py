"""Starting an attempt: who comes, what they agreed to, and the first things that exist because of it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.models import Identity, Person, Provider
from core.assessments.actions.devices import let_in
from core.assessments.models import Assessment, AssessmentVersion, Attempt, AttemptTask, Invitation
from core.assessments.queries.attempts import clock_of
from core.assessments.rules.body import body_from_json
from core.assessments.rules.clock import granted_seconds, may_start
from core.base.errors import N_, Conflict, Gone, Invalid
from core.base.ids import new_resume_code, new_token, token_hash, uuid7
from core.base.realtime import hint
from core.ledger.actions import append_events, open_log
from core.ledger.rules import NewEvent
from core.problems.models import PackVersion
from core.problems.queries.contents import pack_of, starter_files
from core.problems.rules.paths import covers
from core.workspaces.actions import create_workspace
from evidence.kinds import Kind


@dataclass(frozen=True)
class Entry:
    """How somebody came: by a personal link (``invitation``), or by a shared code with an e-mail address."""

    assessment: Assessment
    version: AssessmentVersion
    invitation: Invitation | None
    email: str
    verified: bool


@dataclass(frozen=True)
class Consent:
    """What was shown and agreed to: the manifest's hash, the language and the hash of the text on the screen."""

    manifest_hash: str
    locale: str
    text_hash: str
    agreed: bool


@dataclass(frozen=True)
class Secrets:
    """Drawn before the start and kept by the browser that asks for it, so that an answer lost on its way can be given again."""

    device_token: str = field(default_factory=new_token)
    resume_code: str = field(default_factory=new_resume_code)


@dataclass(frozen=True)
class Started:
    """The new attempt with the two secrets that are shown once: the browser's token and the resume code."""

    attempt: Attempt
    device_token: str
    resume_code: str


def start_attempt(
    session: Session,
    entry: Entry,
    name: str,
    languages: dict[int, str],
    consent: Consent,
    now: dt.datetime,
    secrets: Secrets | None = None,
) -> Started:
    """Begin the work. Raises Invalid (name, agreed, language), Conflict (already_started, new version), Gone."""
    secrets = secrets or Secrets()
    _check(entry, name, consent, now)
    identity = _identity(entry)
    _refuse_second(session, entry, identity)
    person = _person(session, entry, identity, name, now)
    attempt = _new_attempt(session, entry, identity, person, name, consent, now)
    _prepare_tasks(session, attempt, languages, now)
    attempt.resume_code_hash = token_hash(f"{attempt.uuid}\0{secrets.resume_code}")
    let_in(session, attempt, "start", now, secrets.device_token)
    _witness(session, attempt, entry, consent, now)
    hint(session, f"assessment:{entry.assessment.uuid}", "attempt.changed", attempt=str(attempt.uuid))
    return Started(attempt, secrets.device_token, secrets.resume_code)


def _check(entry: Entry, name: str, consent: Consent, now: dt.datetime) -> None:
    if not name.strip():
        raise Invalid.one("name", N_("Enter your name as the people who read your work should see it."))
    if not consent.agreed:
        raise Invalid.one(
            "agreed", N_("Tick the box to agree to what is recorded. Without it the work cannot start.")
        )
    if consent.manifest_hash != entry.version.manifest_hash:
        raise Conflict(
            N_("The assessment was changed while this page was open. Read what is recorded once more.")
        )
    if entry.invitation is not None and entry.invitation.revoked_at is not None:
        raise Gone(N_("This invitation was withdrawn. Ask the person who sent it."))
    window = body_from_json(entry.version.body).window
    if entry.assessment.archived_at is not None or not may_start(window.opens_at, window.closes_at, now):
        raise Gone(N_("This assessment cannot be started now. Ask the person who sent it."))


def _identity(entry: Entry) -> tuple[Provider, str]:
    """Provider and subject. What nobody verified never blocks somebody else's verified way in (decision 9)."""
    address = entry.email.strip().lower()
    if entry.verified:
        return Provider.EMAIL, address
    if entry.invitation is not None:
        return Provider.LINK, str(entry.invitation.uuid)
    return Provider.CODE, f"{entry.assessment.uuid}:{address}"


def _refuse_second(session: Session, entry: Entry, identity: tuple[Provider, str]) -> None:
    """The unique constraints are the guard; this gives the usual case its kind sentence, a double click too."""
    provider, subject = identity
    # The second click waits here until the first one's attempt is committed, and then finds it.
    key = func.hashtextextended(f"start {entry.assessment.id} {provider} {subject}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    same = select(Attempt.id).where(
        Attempt.assessment_id == entry.assessment.id,
        Attempt.identity_provider == provider,
        Attempt.identity_subject == subject,
    )
    if session.scalar(same) is not None:
        raise Conflict(
            N_(
                "This assessment was already started with this address. Go on with the resume code you were shown."
            ),
            code="already_started",
        )


def _person(
    session: Session, entry: Entry, identity: tuple[Provider, str], name: str, now: dt.datetime
) -> Person:
    provider, subject = identity
    known = session.scalar(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.provider == provider, Identity.subject == subject)
    )
    if known is not None:
        return known
    address = entry.email.strip()
    person = Person(
        name=name.strip(), email=address, email_normalised=address.lower(), is_example=entry.assessment.is_example
    )
    session.add(person)
    session.flush()
    verified_at = now if entry.verified else None
    session.add(Identity(person_id=person.id, provider=provider, subject=subject, verified_at=verified_at))
    return person


def _new_attempt(
    session: Session,
    entry: Entry,
    identity: tuple[Provider, str],
    person: Person,
    name: str,
    consent: Consent,
    now: dt.datetime,
) -> Attempt:
    log = open_log(session, entry.assessment.organisation_id, entry.version.body["manifest"], now)
    invitation = entry.invitation
    attempt = Attempt(
        uuid=uuid7(),
        organisation_id=entry.assessment.organisation_id,
        assessment_id=entry.assessment.id,
        version_id=entry.version.id,
        person_id=person.id,
        invitation_id=None if invitation is None else invitation.id,
        identity_provider=identity[0],
        identity_subject=identity[1],
        verified=entry.verified,
        candidate_name=name.strip(),
        candidate_email=entry.email.strip(),
        log_id=log.id,
        multiplier=Decimal(1) if invitation is None else invitation.multiplier,
        consent_locale=consent.locale,
        consent_text_hash=consent.text_hash,
        resume_code_hash="",
        started_at=now,
        is_example=entry.assessment.is_example,
    )
    session.add(attempt)
    session.flush()
    return attempt


def _prepare_tasks(session: Session, attempt: Attempt, languages: dict[int, str], now: dt.datetime) -> None:
    """One workspace a task, seeded once by the server with the starter files of the chosen language."""
    version = session.get_one(AssessmentVersion, attempt.version_id)
    for position, task in enumerate(body_from_json(version.body).tasks):
        language = languages.get(position) or task.languages[0]
        if language not in task.languages:
            raise Invalid.one(f"language-{position}", N_("Choose one of the offered languages."))
        pack_uuid = uuid.UUID(str(task.pack_version))
        pack_version = session.scalars(select(PackVersion).where(PackVersion.uuid == pack_uuid)).one()
        workspace = create_workspace(
            session, attempt.organisation_id, *starter_of(session, pack_version, language), now
        )
        session.add(
            AttemptTask(
                attempt_id=attempt.id,
                position=position,
                pack_version_id=pack_version.id,
                language=language,
                workspace_id=workspace.id,
            )
        )


def starter_of(session: Session, version: PackVersion, language: str) -> tuple[dict[str, bytes], set[str]]:
    """Starter files and those among them that grading restores: a candidate's change there would be lost, so none is taken."""
    files = dict(starter_files(session, version, language))
    restored = pack_of(session, version).restored
    return files, {path for path in files if any(covers(pattern, path) for pattern in restored)}


def _witness(session: Session, attempt: Attempt, entry: Entry, consent: Consent, now: dt.datetime) -> None:
    payload = {
        "attempt": str(attempt.uuid),
        "version": str(entry.version.uuid),
        "manifest_hash": consent.manifest_hash,
        "locale": consent.locale,
        "text_hash": consent.text_hash,
        "limit_seconds": granted_seconds(clock_of(session, attempt)),
    }
    append_events(session, attempt.log_id, [NewEvent(Kind.CONSENTED, payload)], now)
