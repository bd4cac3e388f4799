"""The parts of the workspace page that the server draws: task, disclosure, questions, how it is judged."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.accounts.models import Organisation
from core.assessments.models import Attempt, AttemptTask
from core.assessments.rules.body import body_from_json
from core.problems.queries.contents import pack_of
from portal.invitations.disclosure import disclosure_of
from server.i18n import _
from server.markdown import markdown

Json = dict[str, Any]


def page_values(session: Session, attempt: Attempt, task: AttemptTask, answers: list[Json]) -> Json:
    """The ``page`` of portal/templates/workspace/show.html."""
    body = body_from_json(attempt.version.body)
    disclosure = disclosure_of(attempt.version.body["manifest"])
    organisation = session.get_one(Organisation, attempt.organisation_id).name
    written = {answer["question"]: answer["text"] for answer in answers}
    return {
        "title": task.pack_version.manifest["title"],
        "organisation": organisation,
        "is_example": attempt.is_example,
        "role": body.role_title,
        "statement": markdown(pack_of(session, task.pack_version).statement),
        "part": task.position + 1,
        "parts": len(attempt.tasks),
        "part_links": [part_link(attempt, each, task) for each in attempt.tasks],
        "ai": {"mode": body.ai_policy.mode.value, "text": body.ai_policy.text},
        "judged": [(dimension.title, dimension.weight) for dimension in body.rubric.dimensions],
        "recorded": [(line.sentence, line.why) for line in disclosure.lines],
        "kept": _(
            "Recruiters and interviewers of %(organisation)s can open the record. It is kept for %(days)s days.",
            organisation=organisation,
            days=disclosure.keep_days,
        ),
        "contact": {"name": body.contact.name, "email": body.contact.email},
        "questions": [
            {"key": f.key, "text": f.text, "required": f.required, "answer": written.get(f.key, "")}
            for f in body.follow_ups
        ],
    }


def part_link(attempt: Attempt, part: AttemptTask, current: AttemptTask) -> Json:
    """One entry of the switch between parts."""
    number = part.position + 1
    return {
        "label": _("Part %(number)s", number=number),
        "href": f"/attempts/{attempt.uuid}?part={number}",
        "current": part.position == current.position,
    }
