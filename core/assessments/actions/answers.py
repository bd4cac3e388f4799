"""Follow-up answers, saved as they are typed."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.assessments.access import Candidate
from core.assessments.actions.attempts import open_for_work
from core.assessments.models import Answer, Attempt
from core.assessments.rules.body import body_from_json
from core.base.errors import N_, Conflict, Invalid, NotFound
from core.ledger.actions import append_events
from core.ledger.rules import NewEvent
from evidence.kinds import Kind

MAX_ANSWER = 10_000
NOTE = "note"  # the free note for the reviewer beside the questions; no follow-up may take this key


def save_answer(
    session: Session, candidate: Candidate, question: str, text: str, seen_version: int, now: dt.datetime
) -> Answer:
    """Store the text and return its row with the new version. Conflict when another page saved since ``seen_version``."""
    attempt = open_for_work(session, candidate, now)
    known = {follow_up.key for follow_up in body_from_json(attempt.version.body).follow_ups} | {NOTE}
    text = text.replace("\x00", "").replace("\r\n", "\n")
    if question not in known:
        raise NotFound
    if len(text) > MAX_ANSWER:
        raise Invalid.one("text", N_("An answer may have at most %(limit)s characters."), limit=MAX_ANSWER)
    mine = (Answer.attempt_id == attempt.id, Answer.question == question)
    answer = session.scalar(select(Answer).where(*mine))
    if answer is None:
        answer = Answer(attempt_id=attempt.id, question=question, version=0)
        session.add(answer)
    elif answer.version != seen_version and answer.text != text:
        raise Conflict(
            N_("This answer was changed in another window. Both texts are kept: choose which one stays.")
        )
    if answer.text != text or answer.version == 0:
        answer.text, answer.version, answer.saved_at = text, answer.version + 1, now
        session.flush()
        _witness(session, attempt, answer, now)
    return answer


def _witness(session: Session, attempt: Attempt, answer: Answer, now: dt.datetime) -> None:
    digest = hashlib.sha256(answer.text.encode()).hexdigest()
    payload = {"question": answer.question, "length": len(answer.text), "hash": digest}
    append_events(session, attempt.log_id, [NewEvent(Kind.ANSWERED, payload)], now)
