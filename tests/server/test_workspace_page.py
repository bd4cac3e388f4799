"""The workspace's markup over page data in the shape of frontend/workspace/contract.ts."""

import json
import re

import pytest
from flask import render_template
from markupsafe import Markup

from server.assets import ROOT
from tests.server.pages import bare_app
from tests.server.test_templates import check

HOSTILE = '</script><img src=x onerror="alert(1)">'
STATE = {
    "version": 1,
    "now": "2026-11-20T10:00:00Z",
    "status": "working",
    "clock": {
        "started_at": "2026-11-20T10:00:00Z",
        "limit_seconds": 3600,
        "deadline_at": "2026-11-20T11:00:00Z",
        "policy": "overtime",
        "ends_at": "2026-11-20T13:00:00Z",
    },
    "engine": {"state": "off", "text": HOSTILE, "percent": None},
    "runs": [],
    "answers": [],
}
URLS = ("state", "run", "cancel", "upload", "blob", "answer", "language", "submit", "receipt")


def page_data(**more):
    data = {
        "attempt": "a",
        "workspace": "w",
        "person": {"name": HOSTILE},
        "nonce": "n",
        "urls": {name: f"/{name}" for name in URLS},
        "namespace": "/workspace",
        "state": STATE,
        "languages": [{"id": "python", "name": "Python 3.11"}],
        "language": "python",
        "can": {"tests": True, "stdin": True},
        "open": ["main.py"],
        "capture": ["away"],
        "limits": {
            "files": 40,
            "file_characters": 200_000,
            "upload_bytes": 262_144,
            "stdin_characters": 20_000,
        },
        "questions": ["risk"],
    }
    return data | more


def page(**more):
    values = {
        "title": HOSTILE,
        "organisation": "Harbourline",
        "role": "",
        "statement": Markup("<p>Fix it.</p>"),
        "part": 1,
        "parts": 2,
        "part_links": [{"label": "1", "href": "/1", "current": True}, {"label": "2", "href": "/2"}],
        "ai": {"mode": "banned", "text": ""},
        "judged": [("Correctness", 60), ("Tests", 40)],
        "recorded": [("Edits", "To see how it came about")],
        "kept": "180 days.",
        "contact": {"name": "Priya", "email": "priya@harbourline.example"},
        "questions": [{"key": "risk", "text": HOSTILE, "required": True, "answer": HOSTILE}],
    }
    return values | more


def draw(data, values):
    app = bare_app("portal/templates")
    with app.test_request_context():
        return render_template("workspace/show.html", data=data, page=values)


def test_page_is_sound_and_escaped():
    text = draw(page_data(), page())
    check(text)
    assert "<img src=x" not in text
    block = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', text, re.DOTALL)
    assert json.loads(block[1])["person"]["name"] == HOSTILE


@pytest.mark.parametrize("can", [{"tests": True, "stdin": False}, {"tests": False, "stdin": True}])
def test_page_offers_only_what_can_be_run(can):
    text = draw(page_data(can=can), page())
    check(text)
    assert ('data-run="tests"' in text) is can["tests"]


def test_page_without_questions_and_with_several_languages():
    languages = [{"id": "python", "name": "Python"}, {"id": "cpp", "name": "C++"}]
    text = draw(
        page_data(questions=[], languages=languages, language="cpp"),
        page(questions=[], parts=1, part_links=[]),
    )
    check(text)
    assert '<option value="cpp" selected>' in text


def test_every_element_that_the_script_needs_is_there():
    text = draw(page_data(), page())
    sources = "".join(path.read_text() for path in (ROOT / "frontend/workspace").rglob("*.ts"))
    needed = set(re.findall(r"""\bneed(?:<\w+>)?\(\s*['"]([\w-]+)['"]""", sources))
    assert len(needed) > 25
    assert {name for name in needed if f'id="{name}"' not in text} == set()


def test_contract_and_sample_name_the_same_fields():
    contract = (ROOT / "frontend/workspace/contract.ts").read_text()
    block = re.search(r"export interface PageData \{\n(.*?)\n\}", contract, re.DOTALL)[1]
    assert set(re.findall(r"^  (\w+)\??:", block, re.MULTILINE)) == set(page_data())
    assert set(re.findall(r"^    (\w+): string;", block, re.MULTILINE)) == set(URLS)
