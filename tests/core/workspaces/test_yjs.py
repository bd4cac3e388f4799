"""What the browser's own library sends is read by the strict reader, byte for byte as it comes, and means the same here."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest

from core.workspaces.documents import Document
from scripts.browser import Node

SCRIPT = Path(__file__).with_name("yjs_pages.mjs")


def pages(seed, steps):
    run = subprocess.run(
        [Node().node, str(SCRIPT), str(seed), str(steps)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize(("seed", "steps"), [(1, 300), (2, 300), (3, 1200), (4, 60), (5, 600)])
def test_every_message_of_real_pages_is_taken_and_means_the_same(seed, steps):
    outcome = pages(seed, steps)
    assert outcome["agree"]
    document = Document()
    for message in outcome["sent"]:
        document.apply(base64.b64decode(message), dict)
    assert document.files.to_py() == outcome["tree"]
    for file_id, text in outcome["bodies"].items():
        assert document.body(file_id) == text
    for message in outcome["sent"]:
        assert not document.apply(base64.b64decode(message), dict), "a repeated message changed something"
