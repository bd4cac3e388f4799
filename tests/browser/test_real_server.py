"""The workspace in Chromium on the product's own web process: a candidate starts by link, works, and is cut off."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.accounts.models import Organisation
from core.assessments.models import AssessmentVersion, Attempt, AttemptTask, Invitation
from core.assessments.rules.manifests import make_manifest
from core.base.clock import utc_now
from core.base.ids import new_token, token_hash
from core.problems.actions.shipped import load_shipped_packs
from core.problems.models import PackVersion
from core.workspaces.queries import files_of
from tests.browser.page import WorkspacePage
from tests.factories import make_assessment, make_organisation
from tests.live.webserver import WebServer

pytestmark = pytest.mark.e2e
QUESTIONS = [{"key": "risk", "text": "Which risk would you watch?", "required": True}]


class BuiltServer(WebServer):
    """The real composition with the real browser build."""

    application = "wsgi:app"


@pytest.fixture
def server(services, tmp_path, real_database):
    server = BuiltServer(services, tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def link(real_database):
    """The path of a personal link to an assessment on a shipped pack."""
    token, now = new_token(), utc_now()
    with real_database.unit_of_work() as session:
        load_shipped_packs(session, now)
        is_parser = PackVersion.manifest["slug"].astext == "log-parser"
        pack = session.scalars(select(PackVersion).where(is_parser)).one()
        organisation: Organisation = make_organisation(session)
        manifest = make_manifest()
        tasks = [{"pack_version": str(pack.uuid), "languages": ["python", "java"]}]
        made = make_assessment(
            session, organisation, tasks=tasks, manifest=manifest.value(), follow_ups=QUESTIONS
        )
        session.get_one(AssessmentVersion, made.current_version_id).manifest_hash = manifest.hash()
        mail = "ingrid@example.org"
        session.add(
            Invitation(
                assessment_id=made.id,
                email=mail,
                email_normalised=mail,
                name="Ingrid",
                token_hash=token_hash(token),
            )
        )
    return f"/i/{token}"


class Candidate(WorkspacePage):
    """A browser that starts by the link and notes the resume code."""

    def __init__(self, context, address, link, database):
        self.database, self.link = database, link
        super().__init__(context, address + link)

    def ready(self):
        if "/attempts/" not in self.page.url:
            self.page.check("#agreed")
            self.page.check("#own_work")
            self.page.click("button[type=submit]")
            self.page.click("form[action$=noted] button")
        super().ready()

    def stored(self, path=""):
        """The stored text of a file (default: the one that is open)."""
        with self.database.reading() as session:
            task = session.scalars(select(AttemptTask)).one()
            files = files_of(session, task.workspace_id)
        return files[path or self.page.get_attribute(".ftab[aria-selected=true]", "title")].decode()


@pytest.fixture
def candidate(chromium, server, link, real_database):
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield Candidate(context, server.url, link, real_database)
    context.close()


def test_killed_in_mid_typing_nothing_is_lost_and_nothing_doubles(candidate, server):
    candidate.focus_editor("Control+End")
    candidate.page.keyboard.type("# before\n", delay=10)
    candidate.saved()
    assert candidate.stored().endswith("# before\n")
    server.kill()
    candidate.page.keyboard.type("# while it was gone\n", delay=10)
    candidate.until(lambda: candidate.saving == "Offline, not saved yet")
    server.start()
    candidate.until(lambda: candidate.saving.startswith("Saved"), seconds=30)
    text = candidate.stored()
    assert text.count("# before") == text.count("# while it was gone") == 1
    assert text.splitlines() == candidate.text().rstrip("\n").splitlines()


def test_a_second_tab_joins_and_both_agree(candidate):
    second = WorkspacePage(candidate.context, candidate.page.url)
    second.plain()
    candidate.focus_editor("Control+End")
    candidate.page.keyboard.type("# first tab\n")
    second.focus_editor("Control+End")
    second.page.keyboard.type("# second tab\n")
    candidate.until(lambda: "# second tab" in candidate.text() and "# first tab" in second.text())
    candidate.saved()
    candidate.until(lambda: candidate.stored() == second.text())
    candidate.until(lambda: candidate.page.is_visible("#peers"))
    second.page.close()
    candidate.until(lambda: not candidate.page.is_visible("#peers"))


def test_work_answer_and_submit(candidate, real_database):
    page = candidate.page
    page.click("#file-new")
    page.keyboard.press("Control+a")
    page.keyboard.type("NOTES.md")
    page.keyboard.press("Enter")
    page.keyboard.type("The log may lag.")
    candidate.saved()
    assert candidate.stored("NOTES.md") == "The log may lag."
    assert page.is_visible("#run-engine")  # no sandbox runs here, and the page says so
    page.keyboard.press("Alt+4")
    page.fill("#answer-risk", "Clock skew.")
    candidate.until(lambda: page.inner_text("#answer-risk-status") == "Saved")
    assert candidate.axe() == []
    page.click("[data-submit]")
    page.click("#submit-yes")
    candidate.until(lambda: page.url.endswith("/receipt"))
    with real_database.reading() as session:
        attempt = session.scalars(select(Attempt)).one()
        assert attempt.state == "submitted"
        assert attempt.receipt_leaf in page.content()
    assert candidate.faults == []
