"""Chromium and the stand, each test with its own stand."""

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from server.assets import ROOT, Assets
from tests.browser.page import WorkspacePage


@pytest.fixture(scope="session", autouse=True)
def built():
    """Says how to build, instead of failing in the middle."""
    Assets.read()


@pytest.fixture
def start_stand():
    """Starts a stand: ``start_stand(limit=3600, overtime=3600)`` → its address."""
    running = []

    def start(limit=3600, overtime=3600):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "tests.browser.stand", str(port), str(limit), str(overtime)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/stand").close()
                return address
            except OSError:
                time.sleep(0.1)
        return pytest.fail("the stand did not start")

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def open_page(chromium, start_stand):
    """Opens the workspace: ``open_page(width=1440, address=…)`` → WorkspacePage, ready to type in."""
    contexts = []
    stands = []

    def open_one(width=1440, height=900, address=None, **options):
        if address is None:
            stands[:] = stands or [start_stand()]
            address = stands[0]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        return WorkspacePage(context, address)

    yield open_one
    for context in contexts:
        context.close()
