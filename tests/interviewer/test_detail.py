"""The page of a submission stays bounded whatever was handed in, says what it leaves out, and tells the whole record."""

from __future__ import annotations

import datetime as dt

from core.accounts.models import Organisation, Role
from core.assessments.models import AttemptState
from core.ledger.actions import append_events
from core.ledger.rules import NewEvent
from evidence.kinds import Kind
from interviewer.submissions import detail
from interviewer.submissions.detail import (
    MAX_COLOURED,
    MAX_DRAWN,
    TaskView,
    bounded,
    file_view,
    whole_timeline,
)
from interviewer.submissions.timeline import moments_of
from tests.factories import NOW, make_assessment, make_attempt, make_organisation
from tests.jobs.rows import make_work


def views(files, starter=None):
    starter = starter or {}
    shown = [file_view(path, files.get(path), starter.get(path)) for path in sorted(files | starter)]
    return bounded([TaskView("Task", "python", "", shown, None)])[0].files


def test_colours_and_text_have_an_end():
    many = {f"f{n:03}.py": (f"{n}" * 120_000).encode() for n in range(40)}
    shown = views(many)
    assert sum(len(file.text) for file in shown if file.lexer != "text") <= MAX_COLOURED
    assert sum(len(file.text) for file in shown) <= MAX_DRAWN
    assert {file.is_left_out for file in shown} == {True, False}
    assert [file.path for file in shown] == sorted(many)


def test_what_was_written_comes_before_what_was_given():
    given = {f"a{n}.py": b"x" * 190_000 for n in range(20)}
    own, *_ = [file for file in views({**given, "z.py": b"mine = 1\n"}, given) if file.path == "z.py"]
    assert (own.text, own.lexer, own.is_left_out) == ("mine = 1\n", "z.py", False)


def test_a_long_file_says_that_it_is_cut():
    long, short = views({"long.py": b"\n" * 5000, "short.py": b"\n" * 50})
    assert (long.is_cut, short.is_cut) == (True, False)


def test_more_events_than_one_read_gives_are_all_told(session, monkeypatch):
    attempt = make_attempt(session, make_assessment(session, make_organisation(session)))
    event = NewEvent(Kind.ADJUSTED, {"seconds": 1, "reason": "staff"})
    for second in range(6):
        append_events(session, attempt.log_id, [event] * 200, NOW + dt.timedelta(seconds=second))
    assert len(moments_of(whole_timeline(session, attempt), attempt)) == 1200
    monkeypatch.setattr(detail, "MAX_MOMENTS", 1100)
    assert len(whole_timeline(session, attempt)) == 1100


def test_the_page_says_what_it_leaves_out(as_staff, session, monkeypatch):
    attempt, _ = make_work(session, b"print('<b>')\n" * 5000, state=AttemptState.SUBMITTED, finished_at=NOW)
    session.commit()
    browser = as_staff(Role.INTERVIEWER, of=session.get_one(Organisation, attempt.organisation_id))
    page = browser.get(f"/team/submissions/{attempt.uuid}").text
    assert "Only the beginning of this file is shown." in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    monkeypatch.setattr(detail, "MAX_DRAWN", 10)
    assert "too long for one page" in browser.get(f"/team/submissions/{attempt.uuid}").text
