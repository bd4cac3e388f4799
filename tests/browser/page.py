"""One open workspace, with the words the tests use."""

import json
import time

from server.assets import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
AXE_RUN = """async () => (await axe.run(document, {runOnly:
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))
    .violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))"""
NETWORK = ("ERR_INTERNET_DISCONNECTED", "net::ERR")


class WorkspacePage:
    """``faults`` are the console's errors; a violation of the policy is one of them."""

    def __init__(self, context, address):
        self.context, self.address = context, address
        self.page = context.new_page()
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._listen)
        self.page.goto(address)
        self.ready()

    def _listen(self, message):
        if message.type == "error" and not any(part in message.text for part in NETWORK):
            self.faults.append(message.text)

    def ready(self):
        self.until(lambda: self.read("document.getElementById('ws-ready')?.hidden") is False)

    def read(self, script):
        return self.page.evaluate(script)

    def until(self, true, seconds=10):
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"it did not happen in time: {self.page.url} {self.page.inner_text('body')[:600]}"
            self.page.wait_for_timeout(50)

    def look(self):
        """What the stand has stored."""
        return json.loads(self.page.request.get(f"{self.address}/stand").text())

    def stored(self, path="src/worker.py"):
        return self.look()["files"].get(path)

    @property
    def saving(self):
        return self.page.inner_text("#saving-text")

    def saved(self):
        self.until(lambda: self.saving.startswith("Saved"))

    def text(self):
        """What the editor shows, whichever it is."""
        plain = self.page.query_selector(".plain-editor")
        if plain:
            return plain.input_value()
        return self.read(
            "[...document.querySelectorAll('.cm-line')].map(line => line.textContent).join('\\n')"
        )

    def focus_editor(self, place="Control+Home"):
        self.page.focus(".plain-editor, .cm-content")
        self.page.keyboard.press(place)

    def plain(self):
        self.page.check("#editor-plain")

    def axe(self):
        session = self.context.new_cdp_session(self.page)
        session.send("Page.setBypassCSP", {"enabled": True})
        self.page.evaluate(AXE.read_text())
        return self.page.evaluate(AXE_RUN)
