"""A whole stack and Debian's Chromium, shared by the session: people press what people press."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from runtime.embedded import temporary_state
from tests.stack import Stack, running_stack

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PROOF_SECONDS = 240
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Desk:
    """The organisation that the wizard made: a recruiter's signed-in browser and an open assessment."""

    context: BrowserContext
    assessment: str
    code: str


@dataclass
class Watch:
    """What a page complained about in its console, beside what the server refused on purpose."""

    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message.type, message.text))
        return page

    def _hear(self, kind: str, text: str) -> None:
        # A refused request or a socket that is cut on purpose is reported by the browser, not by our scripts.
        if kind == "error" and not re.search(r"status of (4\d\d|503)|WebSocket|ERR_|net::", text):
            self.complaints.append(text)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Everything that `make run` runs, on a state of its own."""
    with temporary_state() as state, running_stack(state) as stack:
        yield stack
        failures = [
            line for line in (state / "log" / "web.log").read_text().splitlines() if "request.failed" in line
        ]
        assert failures == []


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """The Chromium that all browser tests share."""
    return chromium


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page of it complained."""
    watch = Watch()
    yield watch
    assert watch.complaints == []


@pytest.fixture
def new_page(browser: Browser, stack: Stack, watch: Watch) -> Iterator[Callable[..., Page]]:
    """A page in a fresh browser (a new device), or in ``of``, another page's or the recruiter's browser."""
    opened: list[BrowserContext] = []

    def make(of: BrowserContext | None = None, **options: object) -> Page:
        context = of or browser.new_context(**{"viewport": WIDE, "base_url": stack.url, **options})
        if of is None:
            opened.append(context)
        page = watch.follow(context.new_page())
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def desk(browser: Browser, stack: Stack) -> Iterator[Desk]:
    """The wizard's organisation on the shared stack."""
    desk = walk_wizard(browser, stack)
    yield desk
    desk.context.close()


def walk_wizard(browser: Browser, stack: Stack) -> Desk:
    """The wizard, walked through once as the first admin does."""
    context = browser.new_context(viewport=WIDE, base_url=stack.url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/")
    for name, value in {
        "token": stack.token,
        "organisation": "Harbourline",
        "name": "Priya Raman",
        "email": "priya@example.org",
        "password": "correct horse battery",
    }.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/set-up/mail")
    page.get_by_role("button", name=re.compile("skip|without", re.IGNORECASE)).first.click()
    page.wait_for_url("**/set-up/model")
    page.get_by_role("button", name=re.compile("skip|without", re.IGNORECASE)).first.click()
    page.wait_for_url("**/set-up/assessment")
    card = page.locator("article").filter(has_text="No two bookings in one room")
    card.get_by_role("button", name="Use this one").click(timeout=PROOF_SECONDS * 1000)
    page.wait_for_url("**/set-up/done**")
    code = re.search(r"PR-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.inner_text("main"))
    assessment = re.search(r"assessment=([0-9a-f-]{36})", page.url)
    assert code
    assert assessment
    page.close()
    return Desk(context, assessment[1], code[0])


def start_work(page: Page, desk: Desk, email: str, name: str) -> str:
    """Come by the shared code, agree, note the resume code, open the workspace; returns the resume code."""
    page.goto(f"/join/{desk.code}")
    page.fill("[name=email]", email)
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=name]", name)
    page.check("[name=agreed]")
    page.check("[name=own_work]")
    page.get_by_role("button", name="Start", exact=True).click()
    code = page.inner_text("#resume-code")
    page.get_by_role("button", name="open my work").click()
    wait_ready(page)
    return code


def wait_ready(page: Page) -> None:
    """Until the editor holds the files."""
    page.wait_for_selector("#ws-ready:not([hidden])")
    page.wait_for_selector(".cm-content")


def wait_saved(page: Page, seconds: float = 20) -> None:
    """Until the page says that everything is saved; a page that never says so fails here."""
    page.wait_for_selector('#saving[data-kind="saved"]', timeout=seconds * 1000)


def editor_text(page: Page) -> str:
    """What the open file holds on this page (CodeMirror draws only visible lines, so the plain editor is asked)."""
    page.check("#editor-plain")
    text = page.input_value("#editor-host textarea")
    page.uncheck("#editor-plain")
    return text


def replace_text(page: Page, text: str) -> None:
    """Put a whole solution into the open file, as by pasting."""
    page.check("#editor-plain")
    page.fill("#editor-host textarea", text)
    page.uncheck("#editor-plain")


def axe(page: Page) -> list[str]:
    """Serious and critical findings of axe-core on the page as it stands."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
