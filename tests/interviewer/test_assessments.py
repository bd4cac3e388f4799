"""The screens of assessments as a recruiter uses them, without a script and with hostile input."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from core.accounts.models import Person, Role
from core.assessments.models import Assessment, AssessmentVersion, Attempt, Invitation, TimeAdjustment
from core.assessments.rules.body import body_from_json
from core.base.clock import utc_now
from core.base.ids import token_hash
from tests.factories import (
    make_assessment,
    make_attempt,
    make_invitation,
    make_organisation,
    make_pack_version,
    make_submission,
)
from tests.interviewer.forms import read_form, send

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
NEW = "/team/assessments/new"


@pytest.fixture
def recruiter(as_staff: Any) -> Any:
    return as_staff(Role.RECRUITER)


@pytest.fixture
def pack(session: Any) -> Any:
    version = make_pack_version(session, languages=("python", "cpp"))
    session.commit()
    return version


def new_fields(client: Any) -> list[tuple[str, str]]:
    return read_form(client.get(NEW).text, NEW)


def test_the_list_begins_empty_and_says_what_to_do(recruiter: Any, as_staff: Any) -> None:
    assert "No assessment yet" in recruiter.get("/team/assessments").text
    reader = as_staff(Role.INTERVIEWER).get("/team/assessments").text
    assert "New assessment" not in reader


def test_an_assessment_is_made_with_what_stands_in_the_form(recruiter: Any, pack: Any, session: Any) -> None:
    fields = new_fields(recruiter)
    answer = send(
        recruiter, NEW, fields, title="Stop the double payouts", role_title="Senior backend engineer",
        task=str(pack.uuid), do="save",
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    made = session.scalars(select(Assessment)).one()
    assert answer.location == f"/team/assessments/{made.uuid}/invitations"
    body = body_from_json(session.get_one(AssessmentVersion, made.current_version_id).body)
    assert [(task.pack_version, task.languages) for task in body.tasks] == [(pack.uuid, ("python", "cpp"))]
    assert (body.rubric.template, len(body.rubric.dimensions), len(body.follow_ups)) == ("real_work", 5, 2)
    assert {entry.kind.value for entry in body.manifest.kinds} >= {"edited", "pasted", "away"}
    shown = recruiter.get("/team/assessments").text
    assert "Stop the double payouts" in shown
    assert "No assessment yet" not in shown


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(recruiter: Any, pack: Any, session: Any) -> None:
    fields = new_fields(recruiter)
    answer = send(
        recruiter, NEW, fields, title="", role_title=HOSTILE, limit_minutes="soon", closes_at="tomorrow",
        opens_at="2020-01-01T10:00", keep_days="0", contact_email="nobody", intro="Typed by hand", do="save",
        **{"dimensions-0-weight": "31", "dimensions-1-anchor_3": "", "record_away": None},
    )  # fmt: skip
    assert answer.status_code == 422
    text = answer.text
    for words in (
        "Give the assessment a title", "Choose at least one task", "Not a valid integer", "2026-11-24 18:00",
        "add up to 101", "Say what this level looks like", "Keep records for", "name@example.org",
    ):  # fmt: skip
        assert words in text, words
    typed = dict(read_form(text, NEW))
    assert (typed["role_title"], typed["limit_minutes"], typed["closes_at"]) == (HOSTILE, "soon", "tomorrow")
    assert (typed["intro"], typed["dimensions-0-weight"]) == ("Typed by hand", "31")
    assert "record_away" not in typed
    assert "<script>alert" not in text
    assert "49" not in text.split("&lt;script&gt;alert(1)")[1][:60]
    assert session.scalars(select(Assessment)).all() == []


def test_buttons_change_the_form_and_keep_the_rest(recruiter: Any, pack: Any, session: Any) -> None:
    fields = new_fields(recruiter)
    more = send(recruiter, NEW, fields, title="Kept", do="adddimension", task=str(pack.uuid))
    assert more.status_code == 200
    fields = read_form(more.text, NEW)
    assert dict(fields)["title"] == "Kept"
    assert dict(fields)["dimensions-5-title"] == ""
    fewer = send(recruiter, NEW, fields, do="dropdimension-1")
    fields = read_form(fewer.text, NEW)
    assert "dimensions-1-title" not in dict(fields)
    assert dict(fields)["dimensions-5-title"] == ""
    questions = read_form(send(recruiter, NEW, fields, do="dropquestion-0").text, NEW)
    assert [name for name, _ in questions if name.endswith("-text")] == ["questions-1-text"]
    swapped = send(recruiter, NEW, questions, do="template", template="debugging_ai")
    fields = read_form(swapped.text, NEW)
    assert dict(fields)["dimensions-0-title"] == "Finding the cause"
    assert dict(fields)["rubric_template"] == "debugging_ai"
    assert "data-focus" in swapped.text
    made = send(recruiter, NEW, fields, role_title="Engineer", do="save")
    assert made.status_code == 302, made.text
    for strange in ("dropdimension-99", "dropquestion--1", "dropdimension-x", "adddimension-" + "9" * 50):
        assert send(recruiter, NEW, fields, do=strange).status_code == 200


def test_the_questions_of_a_pack_are_taken_over_once(recruiter: Any, pack: Any, session: Any) -> None:
    pack.manifest = {**pack.manifest, "questions": ["What if the numbers are huge?"]}
    session.commit()
    fields = read_form(
        send(recruiter, NEW, new_fields(recruiter), do="packquestions", task=str(pack.uuid)).text, NEW
    )
    again = send(recruiter, NEW, fields, do="packquestions")
    assert again.text.count("What if the numbers are huge?") == 1


def test_the_preview_follows_without_storing(recruiter: Any, pack: Any, session: Any) -> None:
    fields = new_fields(recruiter)
    shown = send(
        recruiter, "/team/assessments/preview", fields, role_title=HOSTILE, ai_mode="banned", limit_minutes="x",
        task=str(pack.uuid), record_pasted=None, record_away="y", why_away="To understand breaks",
    )  # fmt: skip
    assert shown.status_code == 200
    for words in ("No AI tools", "To understand breaks", "C++", "Add two numbers", "Camera, microphone"):
        assert words in shown.text, words
    assert "That you pasted" not in shown.text
    assert "<script" not in shown.text
    assert session.scalars(select(Assessment)).all() == []


def test_what_is_not_offered_cannot_be_chosen(recruiter: Any, pack: Any, session: Any) -> None:
    foreign = make_pack_version(session, make_organisation(session, "Elsewhere"), title="Secret pack")
    session.commit()
    fields = new_fields(recruiter)
    for task in (str(foreign.uuid), str(uuid.uuid4())):
        answer = send(recruiter, NEW, fields, title="T", role_title="R", task=task, do="save")
        assert answer.status_code == 422
        assert "not offered any more" in answer.text
        assert "Secret pack" not in answer.text
    odd = send(recruiter, NEW, fields, title="T", role_title="R", task=["x", str(pack.uuid)], do="save",
               **{f"languages-{pack.uuid}": ["cobol"]})  # fmt: skip
    assert "at least one language" in odd.text


def test_hostile_amounts_are_bounded(recruiter: Any, pack: Any) -> None:
    fields = [(name, value) for name, value in new_fields(recruiter) if not name.startswith(("dimensions", "questions"))]
    many = {f"dimensions-{n}-title": str(n) for n in range(40)} | {f"questions-{n}-text": "q" for n in range(40)}
    answer = send(recruiter, NEW, fields, do="save", title="x" * 5000, **many, **{"dimensions-999999999999-title": "far"})
    assert answer.status_code == 422
    assert answer.text.count('value="dropdimension-') == 12


@pytest.fixture
def made(recruiter: Any, pack: Any, session: Any) -> Any:
    answer = send(recruiter, NEW, new_fields(recruiter), title="Payouts", role_title="Engineer", task=str(pack.uuid), do="save")
    assert answer.status_code == 302, answer.text
    return session.scalars(select(Assessment)).one()


def test_a_change_makes_a_version_and_a_race_loses_nothing(recruiter: Any, made: Any, session: Any) -> None:
    url = f"/team/assessments/{made.uuid}/edit"
    fields = read_form(recruiter.get(url).text, url)
    assert send(recruiter, url, fields, do="save").status_code == 302
    assert session.scalars(select(AssessmentVersion.number)).all() == [1]
    assert send(recruiter, url, fields, intro="Mine", do="save").status_code == 302
    late = send(recruiter, url, fields, intro="Theirs, typed slowly", do="save")
    assert late.status_code == 409
    again = read_form(late.text, url)
    assert dict(again)["intro"] == "Theirs, typed slowly"
    assert send(recruiter, url, again, do="save").status_code == 302
    bodies = session.scalars(select(AssessmentVersion).order_by(AssessmentVersion.number)).all()
    assert [version.body["intro"] for version in bodies] == ["", "Mine", "Theirs, typed slowly"]
    keys = {tuple(d["key"] for d in version.body["rubric"]["dimensions"]) for version in bodies}
    assert len(keys) == 1


def test_moments_are_the_readers_own(recruiter: Any, made: Any, session: Any) -> None:
    session.get_one(Person, recruiter.actor.person_id).time_zone = "America/New_York"
    session.commit()
    url = f"/team/assessments/{made.uuid}/edit"
    fields = read_form(recruiter.get(url).text, url)
    assert send(recruiter, url, fields, closes_at="2199-01-10T18:30", do="save").status_code == 302
    newest = session.scalars(select(AssessmentVersion).order_by(AssessmentVersion.number.desc())).first()
    assert newest.body["window"]["closes_at"] == "2199-01-10T23:30:00+00:00"
    assert dict(read_form(recruiter.get(url).text, url))["closes_at"] == "2199-01-10T18:30"


def test_people_are_invited_and_bad_rows_named(recruiter: Any, made: Any, session: Any) -> None:
    url = f"/team/assessments/{made.uuid}/invitations"
    answer = recruiter.post(url, data={"people": f"Amara <a@x.example>\n{HOSTILE}\nb@x.example", "multiplier": "1.5"})
    assert answer.status_code == 200
    assert "2 people invited" in answer.text
    assert "One row could not be read" in answer.text
    assert "<script>alert" not in answer.text
    assert answer.text.count("http://localhost:8000/i/") >= 2
    tokens = {part.split("<")[0] for part in answer.text.split("break-all\">http://localhost:8000/i/")[1:]}
    stored = set(session.scalars(select(Invitation.token_hash)))
    assert {token_hash(token) for token in tokens} == stored
    assert "data:text/csv;charset=utf-8;base64," in answer.text
    again = recruiter.post(url, data={"people": "a@x.example", "multiplier": "1"})
    assert "One person has a link already" in again.text
    board = recruiter.get(f"/team/assessments/{made.uuid}").text
    assert "Amara" in board
    assert not any(token in board for token in tokens)


@pytest.mark.parametrize(
    ("people", "multiplier", "words"),
    [("", "1", "1 to 2000"), ("nobody", "1", "no e-mail address"), ("a@x.example", "lots", "factor"), ("a@x.example", "NaN", "factor")],
)
def test_lists_that_cannot_be_used(recruiter: Any, made: Any, session: Any, people: str, multiplier: str, words: str) -> None:
    answer = recruiter.post(f"/team/assessments/{made.uuid}/invitations", data={"people": people, "multiplier": multiplier})
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(Invitation)).all() == []


def test_the_sheet_of_links_defuses_formulas(recruiter: Any, made: Any) -> None:
    import base64

    text = recruiter.post(
        f"/team/assessments/{made.uuid}/invitations", data={"people": "=cmd|'/c calc'!A1 <a@x.example>", "multiplier": "1"}
    ).text
    sheet = base64.b64decode(text.split("base64,")[1].split('"')[0]).decode("utf-8-sig")
    assert sheet.splitlines()[1].startswith("'=cmd|'/c calc'!A1,a@x.example,http")


def test_links_are_managed_from_the_board(recruiter: Any, made: Any, session: Any) -> None:
    row = make_invitation(session, made, name=HOSTILE)
    session.commit()
    home = f"/team/assessments/{made.uuid}"
    url = f"{home}/invitations/{row.uuid}"
    board = recruiter.get(home).text
    assert "<script>alert" not in board
    for do, check in (
        ("revoke", lambda: row.revoked_at is not None),
        ("restore", lambda: row.revoked_at is None),
        ("arrange", lambda: str(row.multiplier) == "1.50"),
    ):
        assert recruiter.post(url, data={"do": do, "multiplier": "1.5"}).location == home
        session.refresh(row)
        assert check(), do
    before = row.token_hash
    assert "shown this once" in recruiter.post(url, data={"do": "renew"}).text
    session.refresh(row)
    assert row.token_hash != before
    assert recruiter.post(url, data={"do": "arrange", "multiplier": "99"}).status_code == 302
    assert recruiter.post(f"{home}/invitations/{uuid.uuid4()}", data={"do": "revoke"}).status_code == 404
    make_attempt(session, made, invitation_id=row.id)
    session.commit()
    assert recruiter.post(url, data={"do": "revoke"}).location == home
    session.refresh(row)
    assert row.revoked_at is None
    assert "This person has started" in recruiter.get(home).text


@pytest.mark.parametrize("minutes", ["0", "481", "-5", "1.5", "lots", "٣", "9" * 40, ""])
def test_minutes_that_are_none_are_refused(recruiter: Any, made: Any, session: Any, minutes: str) -> None:
    attempt = make_attempt(session, made, started_at=utc_now())
    session.commit()
    home = f"/team/assessments/{made.uuid}"
    assert recruiter.post(f"{home}/people/{attempt.uuid}/time", data={"minutes": minutes}).location == home
    assert "Add 1 to 480 minutes" in recruiter.get(home).text
    assert session.scalars(select(TimeAdjustment)).all() == []


def test_time_is_added_to_running_work_alone(recruiter: Any, made: Any, session: Any) -> None:
    running = make_attempt(session, made, "Amara", started_at=utc_now())
    over = make_attempt(session, made, "Late", started_at=utc_now() - timedelta(days=2))
    session.commit()
    home = f"/team/assessments/{made.uuid}"
    recruiter.post(f"{home}/people/{running.uuid}/time", data={"minutes": "15"})
    assert "Amara has 15 minutes more." in recruiter.get(home).text
    recruiter.post(f"{home}/people/{over.uuid}/time", data={"minutes": "15"})
    assert "This work is over" in recruiter.get(home).text
    assert [row.seconds for row in session.scalars(select(TimeAdjustment))] == [900]
    assert recruiter.post(f"{home}/people/{uuid.uuid4()}/time", data={"minutes": "15"}).status_code == 404


def test_the_code_is_opened_closed_and_renewed(recruiter: Any, made: Any, session: Any) -> None:
    home = f"/team/assessments/{made.uuid}"
    recruiter.post(f"{home}/code", data={"do": "open"})
    session.refresh(made)
    code = made.share_code
    assert f"http://localhost:8000/join/{code}" in recruiter.get(home).text
    recruiter.post(f"{home}/code", data={"do": "close"})
    assert f"/join/{code}" not in recruiter.get(home).text
    recruiter.post(f"{home}/code", data={"do": "renew"})
    session.refresh(made)
    assert made.share_code != code
    assert made.share_code_closed_at is None


def test_archiving_is_undone_from_the_page_it_leads_to(recruiter: Any, made: Any) -> None:
    home = f"/team/assessments/{made.uuid}"
    assert recruiter.post(f"{home}/archive").location == home
    assert "Restore" in recruiter.get(home).text
    assert recruiter.post(f"{home}/code", data={"do": "open"}).status_code == 302
    assert "Payouts" not in recruiter.get("/team/assessments").text
    assert "Payouts" in recruiter.get("/team/assessments?archived=1").text
    assert recruiter.post(f"{home}/invitations", data={"people": "a@x.example", "multiplier": "1"}).status_code == 409
    recruiter.post(f"{home}/restore")
    assert "Payouts" in recruiter.get("/team/assessments").text


def test_interviewers_read_and_do_nothing(as_staff: Any, made: Any) -> None:
    reader = as_staff(Role.INTERVIEWER)
    home = f"/team/assessments/{made.uuid}"
    text = reader.get(home).text
    for word in ("Invite candidates", "/archive", "Change", "Open a code"):
        assert word not in text, word
    for url in ("archive", "restore", "code", "edit", "invitations"):
        assert reader.post(f"{home}/{url}").status_code == 403
    assert reader.get(f"{home}/edit").status_code == 403


def test_other_organisations_see_nothing(as_staff: Any, made: Any, session: Any) -> None:
    elsewhere = make_organisation(session, "Elsewhere")
    session.commit()
    stranger = as_staff(Role.ADMIN, of=elsewhere)
    home = f"/team/assessments/{made.uuid}"
    assert "Payouts" not in stranger.get("/team/assessments").text
    for url in (home, f"{home}/edit", f"{home}/invitations"):
        assert stranger.get(url).status_code == 404
    for url in ("archive", "restore", "code", "edit", "invitations"):
        assert stranger.post(f"{home}/{url}", data={}).status_code == 404


def test_the_board_filters_searches_and_pages(recruiter: Any, made: Any, session: Any) -> None:
    for number in range(60):
        make_invitation(session, made, name=f"Person {number:02}")
    make_submission(session, made, "Graded Person")
    session.commit()
    home = f"/team/assessments/{made.uuid}"
    first = recruiter.get(home).text
    assert first.count("popovertarget=\"person-") >= 49
    assert "Graded Person" in recruiter.get(f"{home}?standing=graded").text
    assert "Person 01" not in recruiter.get(f"{home}?standing=graded").text
    assert recruiter.get(f"{home}?search=person+07").text.count("Person 07") >= 1
    for url in (f"{home}?standing=nonsense", f"{home}?search={'x' * 3000}", f"{home}?search=%25%25"):
        assert recruiter.get(url).status_code == 200
    assert recruiter.get(f"{home}?after=nonsense").status_code == 422
    assert recruiter.get("/team/assessments?after=bm9uc2Vuc2U").status_code == 422


@pytest.mark.parametrize("people", [2, 40])
def test_pages_cost_a_fixed_number_of_queries(recruiter: Any, made: Any, session: Any, people: int) -> None:
    for _ in range(people):
        make_invitation(session, made)
        make_attempt(session, made)
    session.commit()
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2]))
    recruiter.get(f"/team/assessments/{made.uuid}")
    board = len([sql for sql in asked if sql.startswith("SELECT")])
    asked.clear()
    recruiter.get("/team/assessments")
    listed = len([sql for sql in asked if sql.startswith("SELECT")])
    assert (board, listed) == (8, 5)
    assert session.query(Attempt).count() == people


def test_no_page_has_inline_script_or_style(recruiter: Any, made: Any) -> None:
    home = f"/team/assessments/{made.uuid}"
    for url in ("/team/assessments", NEW, home, f"{home}/edit", f"{home}/invitations"):
        text = recruiter.get(url).text
        assert " style=" not in text
        assert " onclick" not in text
        assert "<script>" not in text


def test_a_made_up_assessment_of_the_factories_is_shown(recruiter: Any, organisation: Any, session: Any) -> None:
    made = make_assessment(session, organisation)
    session.commit()
    assert recruiter.get(f"/team/assessments/{made.uuid}").status_code == 200
    assert recruiter.get(f"/team/assessments/{made.uuid}/edit").status_code == 200
