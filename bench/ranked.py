"""The ranked table at 100, 1,000 and 10,000 submissions: server time, bytes and number of queries of one request.

Rows are written straight into a throw-away database; the requests go through the real application, without a network.
"""

from __future__ import annotations

import datetime as dt
import gzip
import random
import time
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from bench._numbers import spread
from core.accounts.actor import Actor
from core.accounts.models import Person, Role
from core.assessments.models import Assessment, Attempt, AttemptState
from core.base.clock import utc_now
from core.base.db import Database, make_engine
from core.base.ids import uuid7
from core.base.log import set_up_logs
from core.base.migrations import upgrade
from core.grading.models import Grade, GradeState
from core.ledger.models import EvidenceLog
from core.review.models import Choice, Opening, ReviewState
from runtime.embedded import start_postgres, start_redis, temporary_state
from tests.factories import make_assessment, make_member, make_organisation
from tests.web import make_web, sign_in_client

SIZES = (100, 1_000, 10_000)
WARM_UP, REQUESTS = 3, 20
NAMES = ("Ingrid Solheim", "Chidi Okonkwo", "Yuki Tanabe", "Leila Haddad", "Bartosz Wójcik", "Sofía Rentería")
ASKS = {"first page": "", "search": "?q=yuki", "to decide": "?decision=new", "by name": "?sort=name"}
AIMS = {"milliseconds_p50": 100, "bytes": 100_000, "queries": "the same at every size"}


def run() -> dict[str, Any]:
    """By size and by request: milliseconds of the whole request in this process, bytes, queries."""
    set_up_logs("ERROR", "console")
    with temporary_state() as state:
        postgres, redis = start_postgres(state), start_redis(state)
        try:
            return measure(postgres.url, redis.url)
        finally:
            redis.stop()
            postgres.stop()


def measure(database_url: str, redis_url: str) -> dict[str, Any]:
    """Seed, then ask."""
    engine = make_engine(database_url, 5)
    upgrade(engine)
    database = Database(engine)
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    with database.unit_of_work() as session:
        organisation = make_organisation(session)
        actor = make_member(session, organisation, Role.RECRUITER)
        assessments = {size: make_assessment(session, organisation) for size in SIZES}
        for size, assessment in assessments.items():
            fill(session, assessment, actor, size)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    with Redis.from_url(redis_url) as client:
        web = make_web(SimpleNamespace(database_url=database_url, redis_url=redis_url), database, client)
        browser = sign_in_client(web, actor)
        found = {str(size): asked(browser, assessment, queries) for size, assessment in assessments.items()}
    engine.dispose()
    return {"rows": found, "aims": AIMS, "ratio_10000_to_100": ratio(found)}


def asked(browser: FlaskClient, assessment: Assessment, queries: list[str]) -> dict[str, Any]:
    """Each kind of request, in turns, so that a slow moment of the machine meets all alike."""
    times: dict[str, list[float]] = {name: [] for name in ASKS}
    cpus: dict[str, list[float]] = {name: [] for name in ASKS}
    size: dict[str, dict[str, int]] = {}
    for number in range(WARM_UP + REQUESTS):
        for name, query in ASKS.items():
            queries.clear()
            began, worked = time.perf_counter(), time.process_time()
            answer = browser.get(f"/team/assessments/{assessment.uuid}/submissions{query}")
            took, cpu = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
            assert answer.status_code == 200, answer.status
            if number >= WARM_UP:
                times[name].append(took)
                cpus[name].append(cpu)
            body = answer.get_data()
            size[name] = {"bytes": len(body), "gzip_bytes": len(gzip.compress(body, 6)), "queries": len(queries)}
    return {name: {"milliseconds": spread(times[name]), "cpu_milliseconds": spread(cpus[name]), **size[name]} for name in ASKS}


def ratio(found: dict[str, Any]) -> dict[str, float]:
    """How much longer the largest takes than the smallest, in this one run."""
    first, last = found[str(SIZES[0])], found[str(SIZES[-1])]
    return {name: round(last[name]["milliseconds"]["p50"] / first[name]["milliseconds"]["p50"], 2) for name in ASKS}


def fill(session: Session, assessment: Assessment, actor: Actor, count: int) -> None:
    """``count`` handed-in and graded attempts; a third decided, half opened by the reader."""
    chance, now = random.Random(count), utc_now()
    people = session.scalars(
        insert(Person).returning(Person.id),
        [{"name": chance.choice(NAMES), "email": f"p{count}-{n}@example.org"} for n in range(count)],
    ).all()
    logs = [uuid7() for _ in range(count)]
    organisation = assessment.organisation_id
    manifest = {"manifest": {"version": 1, "kinds": []}, "manifest_hash": "0" * 64, "organisation_id": organisation}
    session.execute(insert(EvidenceLog), [{"id": log, **manifest} for log in logs])
    rows = [attempt_row(assessment, person, log, chance, now) for person, log in zip(people, logs, strict=True)]
    ids = session.scalars(insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True), rows).all()
    session.execute(insert(Grade), [grade_row(assessment, attempt, chance, now) for attempt in ids])
    choices = [choice.value for choice in (Choice.ADVANCE, Choice.MAYBE, Choice.REJECT)]
    session.execute(insert(ReviewState), [{"attempt_id": each, "choice": chance.choice(choices)} for each in ids[::3]])
    session.execute(insert(Opening), [{"attempt_id": each, "person_id": actor.person_id} for each in ids[::2]])


def attempt_row(
    assessment: Assessment, person: int, log: uuid.UUID, chance: random.Random, now: dt.datetime
) -> dict[str, Any]:
    """One finished attempt."""
    started_at = now - dt.timedelta(minutes=chance.randrange(90, 20_000))
    return {
        "uuid": uuid7(), "organisation_id": assessment.organisation_id, "assessment_id": assessment.id,
        "version_id": assessment.current_version_id, "person_id": person, "identity_provider": "email",
        "identity_subject": f"{person}@example.org", "verified": True, "candidate_name": chance.choice(NAMES),
        "candidate_email": f"{person}@example.org", "log_id": log, "consent_locale": "en", "consent_text_hash": "0" * 64,
        "resume_code_hash": "0" * 64, "state": AttemptState.SUBMITTED, "started_at": started_at,
        "finished_at": started_at + dt.timedelta(minutes=chance.randrange(20, 60)), "sealed_at": now,
    }  # fmt: skip


def grade_row(assessment: Assessment, attempt: int, chance: random.Random, now: dt.datetime) -> dict[str, Any]:
    """One grade with a random score."""
    passed = chance.randrange(25)
    score = (Decimal(passed) / Decimal("2.4")).quantize(Decimal("0.01"))
    return {
        "attempt_id": attempt, "assessment_id": assessment.id, "state": GradeState.DONE, "raw": score,
        "deduction": Decimal(0), "final": score, "tests_passed": passed, "tests_total": 24,
        "worked_seconds": chance.randrange(1200, 3600), "over_seconds": 0, "graded_at": now,
        "detail": {"tasks": [], "history": []},
    }  # fmt: skip


