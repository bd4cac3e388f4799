"""The same story where no Docker engine is used: run, hand in and grade on bubblewrap."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from runtime.embedded import temporary_state
from tests.e2e.conftest import Desk, replace_text, start_work, wait_saved, walk_wizard
from tests.e2e.test_story import REFERENCE, RUN_SECONDS, run_tests, submit
from tests.stack import running_stack

pytestmark = pytest.mark.e2e


@pytest.fixture
def bubblewrap_desk(browser: Browser) -> Iterator[Desk]:
    """A stack of its own that may use bubblewrap alone."""
    with temporary_state() as state, running_stack(state, PROOFROOM_SANDBOX_ENGINE="bubblewrap") as stack:
        desk = walk_wizard(browser, stack)
        yield desk
        desk.context.close()


def test_run_and_grade(bubblewrap_desk, browser):
    address = bubblewrap_desk.context.new_page()
    address.goto("/team/assessments")
    base = address.url.removesuffix("/team/assessments")
    candidate = browser.new_context(base_url=base).new_page()
    candidate.set_default_timeout(20_000)
    start_work(candidate, bubblewrap_desk, "ingrid@example.org", "Ingrid Solheim")
    replace_text(candidate, REFERENCE)
    wait_saved(candidate)
    passed, total = run_tests(candidate)
    assert passed == total > 0
    assert submit(candidate)
    address.goto(f"/team/assessments/{bubblewrap_desk.assessment}/submissions")
    address.wait_for_selector("tbody .score-cell", timeout=RUN_SECONDS * 1000)
    assert address.inner_text("tbody .score-cell") == "10.00"
    candidate.context.close()
