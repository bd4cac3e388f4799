"""`python -m tests.e2e.pictures ADDRESS EMAIL PASSWORD`: the pictures of the README, taken from a running instance.

Best from `make demo`, whose example organisation has a table worth looking at. `wizard` needs an instance without an
organisation: `python -m tests.e2e.pictures ADDRESS --token TOKEN`.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import FLAGS
from tests.e2e.conftest import ROOT, Desk, replace_text, start_work, wait_saved
from tests.e2e.small_png import small_png
from tests.e2e.test_story import run_tests

TARGET = ROOT / "docs" / "pictures"
SIZE = {"width": 1360, "height": 850}
PATIENCE_MS = 300_000
HALF_DONE = ROOT / "packs/booking-overlap/mutants/python-lossy-move/main.py"


def take(page: Page, name: str, *, full: bool = False) -> None:
    """Write one picture, at most 150 kB (tests/architecture/test_docs.py)."""
    page.wait_for_timeout(800)  # fonts, and messages that slide in
    (TARGET / f"{name}.png").write_bytes(small_png(page.screenshot(full_page=full)))


def wizard(page: Page, token: str) -> None:
    """The last step of the set-up, when the first pack is proven."""
    page.goto("/")
    values = {"token": token, "organisation": "Harbourline", "name": "Priya Raman", "email": "priya@example.org",
              "password": "correct horse battery"}  # fmt: skip
    for field, value in values.items():
        page.fill(f"[name={field}]", value)
    page.get_by_role("button", name="Go on").click()
    for step in ("mail", "model"):
        page.wait_for_url(f"**/set-up/{step}")
        page.get_by_role("button", name=re.compile("skip|without", re.IGNORECASE)).first.click()
    page.wait_for_url("**/set-up/assessment")
    page.get_by_role("button", name="Use this one").first.wait_for(timeout=PATIENCE_MS)
    take(page, "wizard", full=True)


def sign_in(page: Page, email: str, password: str) -> None:
    """As a recruiter."""
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/team/**")


def team(page: Page) -> None:
    """The ranked table with its panel, and the page of the best submission, of the fullest assessment."""
    page.goto("/team/assessments")
    links = page.locator("a[href*='/team/assessments/']").all()
    found = {m[0] for link in links if (m := re.search(r"/team/assessments/[0-9a-f-]{36}", link.get_attribute("href") or ""))}
    tables = [f"{address}/submissions" for address in sorted(found)]
    page.goto(max(tables, key=lambda address: _rows(page, address)))
    page.locator("h1").click()
    page.keyboard.press("j")
    page.wait_for_selector("#peek .score-cell")
    take(page, "ranked-table")
    page.locator("[data-row] a").first.click()
    page.wait_for_selector("h1")
    take(page, "submission")


def _rows(page: Page, address: str) -> int:
    page.goto(address)
    return page.locator("[data-row]").count()


def workspace(browser: Browser, address: str, code: str) -> None:
    """A candidate in the middle of the work: some tests pass."""
    page = browser.new_page(viewport=SIZE, base_url=address)
    page.set_default_timeout(30_000)
    start_work(page, Desk(page.context, "", code), "ingrid.pictures@example.org", "Ingrid Solheim")
    replace_text(page, HALF_DONE.read_text())
    wait_saved(page)
    run_tests(page)
    take(page, "workspace")


def main() -> None:
    """Take what the arguments allow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("email", nargs="?")
    parser.add_argument("password", nargs="?")
    parser.add_argument("--token", help="of the set-up: take the wizard")
    parser.add_argument("--code", help="a shared code of “No two bookings in one room”: take the workspace")
    options = parser.parse_args()
    Path(TARGET).mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport=SIZE, base_url=options.address)
        page.set_default_timeout(30_000)
        if options.token:
            wizard(page, options.token)
        if options.email:
            sign_in(page, options.email, options.password)
            team(page)
        if options.code:
            workspace(browser, options.address, options.code)
        browser.close()


if __name__ == "__main__":
    main()
