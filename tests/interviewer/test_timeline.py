"""Every kind of evidence has words and an icon on the timeline."""

from __future__ import annotations

from evidence.kinds import Kind
from interviewer.submissions.timeline import TELLINGS


def test_every_kind_is_told():
    # A late event is told as the kind that it carries, until what it carries is erased.
    assert set(TELLINGS) == set(Kind)
