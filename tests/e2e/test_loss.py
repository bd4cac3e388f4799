"""Nothing that was shown as saved is lost, and nothing doubles: reload, offline, two tabs, another device, kills."""

from __future__ import annotations

import itertools

import pytest

from tests.e2e.conftest import editor_text, start_work, wait_ready, wait_saved

pytestmark = pytest.mark.e2e

_people = itertools.count(1)


@pytest.fixture
def work(desk, new_page):
    """A fresh candidate in an open workspace: (page, resume code)."""
    number = next(_people)
    page = new_page()
    code = start_work(page, desk, f"loss{number}@example.org", f"Candidate {number}")
    return page, code


def type_at_end(page, text):
    page.focus(".cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def once(text, mark):
    """Whether ``mark`` stands in the text exactly once."""
    return text.count(mark) == 1


def test_reload(work):
    page, _ = work
    type_at_end(page, "\n# before the reload")
    wait_saved(page)
    page.reload()
    wait_ready(page)
    assert once(editor_text(page), "# before the reload")


def test_offline_and_back(work):
    page, _ = work
    type_at_end(page, "\n# online")
    wait_saved(page)
    page.context.set_offline(True)
    type_at_end(page, "\n# typed while offline")
    page.wait_for_selector('#saving[data-kind="offline"]', timeout=40_000)
    page.context.set_offline(False)
    wait_saved(page, 40)
    page.reload()
    wait_ready(page)
    text = editor_text(page)
    assert once(text, "# online")
    assert once(text, "# typed while offline")


def test_two_tabs_see_each_other_and_neither_doubles(work, new_page):
    page, _ = work
    other = new_page(of=page.context)
    other.goto(page.url)
    wait_ready(other)
    type_at_end(page, "\n# from the first")
    wait_saved(page)
    other.wait_for_selector(".cm-content:has-text('from the first')")
    type_at_end(other, "\n# from the second")
    wait_saved(other)
    page.wait_for_selector(".cm-content:has-text('from the second')")
    for each in (page, other):
        text = editor_text(each)
        assert once(text, "# from the first")
        assert once(text, "# from the second")


def test_another_device_goes_on_with_the_resume_code(work, new_page):
    page, code = work
    type_at_end(page, "\n# on the first device")
    wait_saved(page)
    device = new_page()
    device.goto(page.url)
    device.fill("[name=code]", code)
    device.get_by_role("button", name="Continue").click()
    wait_ready(device)
    assert once(editor_text(device), "# on the first device")


def test_web_killed_in_mid_typing(work, stack):
    page, _ = work
    type_at_end(page, "\n# before the kill")
    wait_saved(page)
    since = stack.kill("web")
    type_at_end(page, "\n# while the server was gone")
    stack.ready_again("web", since)
    wait_saved(page, 60)
    page.reload()
    wait_ready(page)
    text = editor_text(page)
    assert once(text, "# before the kill")
    assert once(text, "# while the server was gone")


def test_postgres_killed(work, stack):
    page, _ = work
    type_at_end(page, "\n# before the database went")
    wait_saved(page)
    since = stack.kill("postgres")
    type_at_end(page, "\n# while it was gone")
    stack.ready_again("postgres", since, 60)
    wait_saved(page, 60)
    page.reload()
    wait_ready(page)
    text = editor_text(page)
    assert once(text, "# before the database went")
    assert once(text, "# while it was gone")


def test_answers_survive_a_reload(work):
    page, _ = work
    page.locator("[data-side-tab=answers]:visible").first.click()
    field = page.locator("textarea[id^='answer-']").first
    field.fill("I would watch the refused moves.")
    page.wait_for_timeout(2500)
    page.reload()
    wait_ready(page)
    assert page.locator("textarea[id^='answer-']").first.input_value() == "I would watch the refused moves."
