"""A good body for tests, to be changed with dataclasses.replace."""

from __future__ import annotations

import uuid

from core.assessments.rules.body import (
    AiMode,
    AiPolicy,
    Body,
    Contact,
    FollowUp,
    ShareLevel,
    Task,
    TimePolicy,
    TimeRule,
    Window,
)
from core.assessments.rules.body_check import Offered
from core.assessments.rules.manifests import make_manifest
from core.assessments.rules.rubrics import REAL_WORK

PACK = uuid.UUID(int=7)
OFFERED = {PACK: Offered("Payout retries", ("python", "java"))}


def good_body(pack: uuid.UUID = PACK, language: str = "python") -> Body:
    """A body that can be stored as it is."""
    return Body(
        tasks=(Task(pack, (language,)),),
        rubric=REAL_WORK,
        time=TimeRule(60, TimePolicy.OVERTIME),
        window=Window(),
        ai_policy=AiPolicy(AiMode.PERMITTED, "Use the tools that you would use at work."),
        manifest=make_manifest(),
        follow_ups=(FollowUp("why", "Why did you do it this way?", True),),
        share_level=ShareLevel.OVERALL,
        contact=Contact("Priya Raman", "priya@harbourline.example"),
        role_title="Senior backend engineer",
        intro="You mend a real fault in a small service.",
    )
