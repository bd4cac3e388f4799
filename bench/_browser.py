"""Headless Chromium without anything that would ask the network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WINDOW = {"width": 1440, "height": 900}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. Raises RuntimeError when there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def fresh(browser: Browser, address: str) -> BrowserContext:
    """A browser with an empty cache and no cookies."""
    return browser.new_context(viewport=WINDOW, base_url=address)  # type: ignore[arg-type]


def sign_in(context: BrowserContext, email: str, password: str) -> Page:
    """A page of a signed-in member of staff."""
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/team/**")
    return page
