"""The workspace in Chromium, against the stand."""

import pytest

pytestmark = pytest.mark.e2e


def test_two_editors_on_one_text(open_page):
    """CodeMirror and the text area write into one text; each undoes only its own."""
    one, two = open_page(), open_page()
    two.plain()
    one.focus_editor()
    one.page.keyboard.type("# one\n", delay=5)
    two.focus_editor("Control+End")
    two.page.keyboard.type("# two", delay=5)
    one.until(lambda: "# two" in one.text() and "# one" in two.text())
    assert one.text() == two.text() == "# one\ndef send(transfer):\n    return None\n# two"
    two.page.keyboard.press("Control+z")
    one.until(lambda: "# two" not in one.text())
    assert "# one" in two.text()
    one.saved()
    assert one.stored() == one.text()
    assert one.faults == two.faults == []


def test_line_endings_are_those_of_unix(open_page):
    page = open_page()
    page.focus_editor()
    page.read(
        """(() => { const data = new DataTransfer(); data.setData('text/plain', 'a = 1\\r\\nb = 2\\r\\n');
        document.querySelector('.cm-content').dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) })()"""
    )
    page.until(lambda: page.stored().startswith("a = 1\nb = 2\ndef"))
    page.until(lambda: page.look()["reports"])
    (event,) = page.look()["reports"][0]["events"]
    assert event["kind"] == "pasted"
    assert event["payload"] == {"length": 14, "lines": 3, "file": event["payload"]["file"], "trusted": False}


def test_offline_reload_and_back_loses_and_doubles_nothing(open_page):
    page = open_page()
    page.focus_editor()
    page.page.keyboard.type("first ")
    page.saved()
    page.context.set_offline(True)
    page.until(lambda: page.saving.startswith("Offline"))
    page.page.keyboard.type("second ")
    page.until(lambda: page.saving == "Offline, not saved yet")
    page.page.goto("about:blank")
    page.context.set_offline(False)
    page.page.goto(page.address)
    page.ready()
    page.until(lambda: page.stored().startswith("first second def"))
    page.saved()
    assert page.stored().count("second") == 1
    assert page.read("Object.keys(localStorage).filter(key => key.startsWith('unsent'))") == []


def test_what_the_server_refuses_is_said_and_tried_again(open_page):
    page = open_page()
    page.page.request.get(f"{page.address}/stand/refuse/422")
    page.focus_editor()
    page.page.keyboard.type("x")
    page.until(lambda: page.saving == "Not saved")
    assert "It would grow too large." in page.page.inner_text("#offline")
    page.page.request.get(f"{page.address}/stand/refuse/0")
    page.page.keyboard.type("y")
    page.saved()
    assert page.stored().startswith("xy")


def test_files_by_keyboard_alone(open_page):
    page = open_page()
    keyboard = page.page.keyboard
    page.page.focus("#file-new")
    keyboard.press("Enter")
    page.read("document.activeElement.select()")
    keyboard.type("src/<img src=x onerror=alert(1)>.py")
    keyboard.press("Enter")
    assert "character" in page.page.inner_text("#file-error")
    page.read("document.activeElement.select()")
    keyboard.type("docs/plan.md")
    keyboard.press("Enter")
    keyboard.type("plan")
    page.until(lambda: page.stored("docs/plan.md") == "plan")
    page.page.focus("#file-tree [aria-selected=true]")
    keyboard.press("F2")
    keyboard.type("idea")
    keyboard.press("Enter")
    page.until(lambda: page.stored("docs/idea.md") == "plan")
    keyboard.press("Delete")
    page.until(lambda: page.stored("docs/idea.md") is None)
    page.page.get_by_role("button", name="Undo").press("Enter")
    page.until(lambda: page.stored("docs/idea.md") == "plan")
    page.page.focus("#file-tree [title='pyproject.toml']")
    keyboard.press("Delete")
    keyboard.press("F2")
    page.page.wait_for_timeout(200)
    assert page.stored("pyproject.toml") == "[project]\n"


def test_uploads_and_hostile_names(open_page):
    page = open_page()
    picked = [
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"one\r\ntwo"},
        {"name": "worker.bin", "mimeType": "application/octet-stream", "buffer": b"\xff\xfe\x00"},
        {"name": "<b>.txt", "mimeType": "text/plain", "buffer": b"x"},
        {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * 70_000},
    ]
    page.page.set_input_files("#file-picker", picked)
    page.until(lambda: page.stored("worker.bin") == "")
    assert page.stored("a.txt") == "one\ntwo"
    page.until(lambda: page.page.locator(".toast[data-toast=bad]").count() == 2)
    assert set(page.look()["files"]) == {
        "src/worker.py", "src/ledger.py", "NOTES.md", "pyproject.toml", "a.txt", "worker.bin",
    }  # fmt: skip


def test_tab_indents_and_escape_then_tab_leaves(open_page):
    page = open_page()
    page.focus_editor()
    page.page.keyboard.press("Tab")
    page.until(lambda: page.stored().startswith("    def"))
    page.page.keyboard.press("Escape")
    assert page.page.inner_text("#status-leave") == "Tab now leaves the editor"
    page.page.keyboard.press("Tab")
    assert page.read("document.activeElement.closest('.cm-editor')") is None


def test_run_shows_every_result_as_text(open_page):
    page = open_page()
    page.page.keyboard.press("Control+Enter")
    page.until(lambda: "1 of 3 tests pass" in page.page.inner_text("#run-progress"))
    assert page.page.locator("#run-tests [data-test]").count() == 3
    assert page.page.inner_text("#run-detail h2") == "parks what stays unknown"
    assert '<img src=x onerror="document.title=1">' in page.page.inner_text("#run-detail")
    page.page.focus("#run-tests [aria-pressed=true]")
    page.page.keyboard.press("ArrowDown")
    assert "Cut off here" in page.page.inner_text("#run-detail")
    assert page.page.locator("img").count() == 0
    assert page.faults == []
    assert page.axe() == []


def test_answers_save_themselves_and_never_overwrite_unseen(open_page):
    one, two = open_page(), open_page()
    for page, text in ((one, "The lag."), (two, "Something else.")):
        page.page.keyboard.press("Alt+4")
        page.page.fill("#answer-risk", text)
        page.page.wait_for_timeout(1300)
    assert one.look()["answers"]["risk"]["text"] == "The lag."
    two.page.get_by_role("button", name="Keep this text").click()
    two.until(lambda: two.look()["answers"]["risk"]["text"] == "Something else.")
    assert two.look()["answers"]["risk"]["version"] == 2


def test_submit_says_what_is_open_and_sends_once(open_page):
    page = open_page()
    page.page.click("[data-submit]")
    assert page.page.locator("#submit-lines li").all_inner_texts() == [
        "Everything is saved",
        "You have not run the visible tests",
        "1 needed answer is missing",
    ]
    assert page.page.get_attribute("#submit-yes", "aria-disabled") == "true"
    assert page.read("document.activeElement.textContent") == "Keep working"
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Alt+4")
    page.page.fill("#answer-risk", "The lag.")
    page.page.click("[data-submit]")
    page.page.fill("#submit-note", "Thank you")
    page.page.click("#submit-yes")
    page.until(lambda: page.page.url.endswith("/receipt"))
    assert page.look()["submitted"]["note"] == "Thank you"
    assert page.look()["answers"]["risk"]["text"] == "The lag."


def test_the_clock_warns_and_then_locks(open_page, start_stand):
    page = open_page(address=start_stand(limit=3, overtime=2))
    page.until(lambda: page.page.get_attribute("#clock", "data-phase") == "overtime")
    page.until(lambda: "reached" in page.page.inner_text("#live-assertive"))
    page.until(lambda: page.page.get_attribute("#clock", "data-phase") == "over")
    page.focus_editor()
    page.page.keyboard.type("late")
    page.page.wait_for_timeout(500)
    assert "late" not in page.stored() + page.text()
    assert page.page.locator("[data-submit]:visible").count() == 0
    assert page.page.is_visible("#ended")


@pytest.mark.parametrize("width", [1440, 1024, 390, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_width_passes_axe_without_sideways_scrolling(open_page, width, scheme):
    page = open_page(width=width, color_scheme=scheme)
    assert page.axe() == []
    assert page.read("document.documentElement.scrollWidth <= innerWidth")
    if width < 861:
        for panel in ("code", "tests", "answers", "task"):
            page.page.click(f"#tab-p-{panel}")
            assert page.page.is_visible(f"#p-{panel}")
            assert page.axe() == []
    assert page.faults == []


def test_panel_sizes_are_remembered(open_page):
    page = open_page()
    page.page.click("[data-resize=bottom][data-by='1']")
    page.page.click(".ws-task [data-resize=left][data-by='-1']")
    page.page.reload()
    page.ready()
    assert page.read("({...document.getElementById('main').dataset})")["bottom"] == "high"
    assert page.read("document.getElementById('main').dataset.left") == "narrow"
