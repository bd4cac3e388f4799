"""Nothing that was acknowledged is ever lost: kill -9 in mid-burst, twice, and two processes side by side."""

from __future__ import annotations

import threading
import time

import pytest

from core.workspaces.queries import files_of
from tests.live.pages import until
from tests.live.wire import Lost

# The websocket library leaves its socket open when the server dies between connecting and greeting.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Typist(threading.Thread):
    """Types words until told to stop; comes back after every drop. ``acknowledged`` holds what was said to be saved."""

    def __init__(self, page, server, name):
        super().__init__(daemon=True)
        self.page, self.server, self.name_ = page, server, name
        self.typed, self.acknowledged = [], []
        self.stop, self.failure = threading.Event(), None

    def run(self):
        try:
            while not self.stop.is_set():
                word = f"{self.name_}{len(self.typed)}"
                self.typed.append(word)
                try:
                    ack = self.page.type("main.py", word + " ")
                    if ack.get("ok"):
                        self.acknowledged.append(word)
                except Lost:
                    self.page.reconnect(self.server.url)
                    self.acknowledged = list(self.typed)  # joining again sends what was missing
        except Exception as error:
            self.failure = error


def words(real_database, work):
    with real_database.reading() as session:
        return files_of(session, work.workspace_id)["main.py"].decode().split()


def test_two_kills_in_mid_burst_lose_nothing_that_was_acknowledged(
    first_server, real_database, work, open_page
):
    typists = [Typist(open_page(work, first_server), first_server, name) for name in "ab"]
    for typist in typists:
        typist.start()
    for _ in range(2):
        time.sleep(1.0)
        promised = [word for typist in typists for word in list(typist.acknowledged)]
        first_server.kill()
        stored = words(real_database, work)
        assert set(promised) <= set(stored)
        time.sleep(0.5)  # both go on typing without a server
        first_server.start()
    time.sleep(1.0)
    for typist in typists:
        typist.stop.set()
        typist.join(25)
        assert typist.failure is None, typist.failure
    stored = words(real_database, work)
    assert len(stored) == len(set(stored)), "something doubled"
    for typist in typists:
        assert len(typist.acknowledged) > 20
        assert set(typist.acknowledged) <= set(stored)
    for typist in typists:
        typist.page.join()
    until(lambda: typists[0].page.text("main.py") == typists[1].page.text("main.py"))
    assert typists[0].page.text("main.py").split() == words(real_database, work)


def test_two_processes_serve_one_document(first_server, second_server, real_database, work, open_page):
    typists = [
        Typist(open_page(work, server), server, name)
        for name, server in (("a", first_server), ("b", second_server), ("c", second_server))
    ]
    for typist in typists:
        typist.start()
    time.sleep(2.0)
    for typist in typists:
        typist.stop.set()
        typist.join(15)
        assert typist.failure is None, typist.failure
        assert typist.acknowledged == typist.typed
    expected = sorted(word for typist in typists for word in typist.typed)
    assert sorted(words(real_database, work)) == sorted([*expected, "start"])
    until(lambda: len({typist.page.text("main.py") for typist in typists}) == 1)
    assert typists[0].page.text("main.py").split() == words(real_database, work)
    assert all(typist.page.resets == 0 for typist in typists)
