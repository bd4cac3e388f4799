"""The product's main job as people do it: two candidates by a shared code, one strong, one weak; a recruiter decides."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import PHONE, ROOT, axe, replace_text, start_work, wait_saved

pytestmark = pytest.mark.e2e

REFERENCE = (ROOT / "packs/booking-overlap/references/python-main/main.py").read_text()
MUTANT = next(
    sorted(Path(ROOT / "packs/booking-overlap/mutants").glob("python-*"))[0].glob("main.py")
).read_text()
RUN_SECONDS = 90


def run_tests(page):
    """Press the button and wait for the last result; how many passed and failed."""
    page.locator("[data-run=tests]:visible").first.click()
    page.wait_for_selector("#run-progress:not(:empty)")
    page.wait_for_selector("#run-tests li", timeout=RUN_SECONDS * 1000)
    page.wait_for_selector("#run-cancel[hidden]", state="attached", timeout=RUN_SECONDS * 1000)
    passed = page.locator("#run-tests li [aria-label^='Pass'], #run-tests li .text-good-ink").count()
    return passed, page.locator("#run-tests li").count()


def paste(page, text):
    """Paste from the outside, with real clipboard and keys."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.focus(".cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+v")


def submit(page):
    """Answer what must be answered, then hand in; the receipt's leaf hash."""
    questions = page.get_by_role("tab", name=re.compile("Questions")).locator("visible=true")
    if questions.count():
        questions.first.click()
        for field in page.locator("textarea[id^='answer-']").all():
            field.fill("Two requests at once: I would watch the count of refused moves.")
            field.blur()
        page.wait_for_timeout(1500)
    page.locator("[data-submit]:visible").first.click()
    page.wait_for_selector("dialog#submit[open]")
    page.fill("#submit-note", "Moves are tested, free slots less so.")
    page.click("#submit-yes")
    page.wait_for_url("**/receipt")
    return page.locator("#leaf").get_attribute("data-leaf")


def test_a_takehome_from_invitation_to_decision(desk, new_page):
    strong, weak = new_page(), new_page()
    leaves = []
    for page, email, name, text in [
        (strong, "ingrid@example.org", "Ingrid Solheim", REFERENCE),
        (weak, "kofi@example.org", "Kofi Mensah", MUTANT),
    ]:
        start_work(page, desk, email, name)
        assert axe(page) == []
        replace_text(page, text)
        paste(page, "# pasted from a page of mine\n")
        wait_saved(page)
        passed, total = run_tests(page)
        assert total > 0
        assert passed == total if page is strong else passed <= total
        leaves.append(submit(page))
    assert all(re.fullmatch("[0-9a-f]{64}", leaf) for leaf in leaves)
    assert axe(strong) == []

    review = new_page(of=desk.context)
    review.goto(f"/team/assessments/{desk.assessment}/submissions")
    rows = review.locator("[data-row]")
    # The rows and then their scores arrive by themselves: nobody reloads.
    for _ in range(RUN_SECONDS):
        if review.locator(".score-cell").count() >= 2:
            break
        review.wait_for_timeout(1000)
    names = [rows.nth(i).get_attribute("data-name") for i in range(rows.count())]
    assert names.index("Ingrid Solheim") < names.index("Kofi Mensah")
    finals = [float(text) for text in review.locator("tbody .score-cell").all_inner_texts()]
    assert finals == sorted(finals, reverse=True)
    assert finals[0] == 10.0
    assert finals[-1] < 10.0
    assert axe(review) == []
    decide_by_keys(review)


def decide_by_keys(review):
    """J, A; J, X with a reason: the unopened rejection is refused only where nobody looked."""
    review.locator("h1").click()
    review.keyboard.press("j")
    review.wait_for_selector("#peek .score-cell")
    assert not review.locator(".bulk-place").is_visible(), "nothing is selected yet"
    review.keyboard.press("a")
    review.wait_for_selector(".toast:has-text('One advanced.')")
    review.keyboard.press("z")
    review.wait_for_selector(".toast:has-text('taken back')")
    review.keyboard.press("a")
    review.wait_for_selector("tbody .badge:has-text('Advanced')")
    review.locator("[data-row]").last.locator("td").nth(2).click(position={"x": 2, "y": 2})
    review.wait_for_selector("#peek h2:has-text('Kofi Mensah')")
    review.keyboard.press("x")
    review.fill("#ask-reason", "Moves lose the old booking.")
    review.get_by_role("dialog").get_by_role("button", name="Reject").click()
    review.wait_for_selector("tbody .badge:has-text('Not advanced')")


def test_the_page_of_a_submission_shows_the_work(desk, new_page):
    page = new_page(of=desk.context)
    page.goto(f"/team/assessments/{desk.assessment}/submissions")
    page.get_by_role("link", name="Ingrid Solheim").click()
    page.wait_for_selector("h1:has-text('Ingrid Solheim')")
    text = page.inner_text("main")
    for words in (
        "How the score was made",
        "Timeline",
        "main.py",
        "Moves are tested, free slots less so.",
        "Advanced",
    ):
        assert words in text
    assert axe(page) == []


def test_the_csv_holds_every_row(desk, new_page):
    page = new_page(of=desk.context)
    page.goto(f"/team/assessments/{desk.assessment}/submissions")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert {"Ingrid Solheim", "Kofi Mensah"} <= {row["name"] for row in rows}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/team/assessments",
        "/team/packs",
        "/team/people",
        "/team/mail",
        "/team/audit",
        "/team/settings",
        "/settings",
    ],
)
def test_team_pages_have_no_serious_barrier(desk, new_page, path, scheme):
    page = new_page(of=desk.context)
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    assert axe(page) == []


def test_the_candidates_pages_open_on_a_phone(desk, new_page):
    page = new_page(viewport=PHONE)
    page.goto(f"/join/{desk.code}")
    assert axe(page) == []
    start_work_on_phone(page)
    assert axe(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    for tab in ("Task", "Code", "Tests", "Questions"):
        page.get_by_role("tab", name=re.compile(tab)).locator("visible=true").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def start_work_on_phone(page):
    page.fill("[name=email]", "phone@example.org")
    page.get_by_role("button", name="Continue").click()
    assert axe(page) == []
    page.fill("[name=name]", "Julia Novak")
    page.check("[name=agreed]")
    page.check("[name=own_work]")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="open my work").click()
    page.wait_for_selector("#ws-ready:not([hidden])", state="attached")


def test_the_whole_workspace_by_keyboard(desk, new_page):
    page = new_page()
    start_work(page, desk, "keys@example.org", "Leyla Haddad")
    page.focus(".cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n# typed by keyboard")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('cm-content')")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.classList.contains('cm-content')")
    wait_saved(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#run-tests li", timeout=RUN_SECONDS * 1000)
