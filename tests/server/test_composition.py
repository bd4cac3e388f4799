"""What hangs together across folders: settings and their page, links and the map of URLs, jobs and their functions."""

from __future__ import annotations

import importlib
import re
import uuid
from dataclasses import fields
from pathlib import Path

import pytest

from core.base.errors import ProofroomError
from core.base.links import Links
from core.base.queue import QUEUE_OF, Job
from core.gateways.runner.port import RunRefused
from core.problems.queries.contents import BrokenPack
from core.settings import BadSetting, Settings, read_settings
from interviewer.audit.words import DEEDS
from server.problems import STATUS, TITLES, problem_of

ROOT = Path(__file__).resolve().parents[2]
NEVER_AT_A_DOOR = {RunRefused, BrokenPack}  # jobs meet them; a door would answer 500
NEEDED = {"DATABASE_URL": "postgres://x@y/z", "REDIS_URL": "redis://x", "PROOFROOM_SECRET_KEY": "s" * 32}


def test_every_setting_is_documented_and_nothing_else():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert documented == {field.metadata["variable"] for field in fields(Settings)}


@pytest.mark.parametrize(
    "wrong",
    [{"DATABASE_URL": "mysql://x"}, {"REDIS_URL": "http://x"}, {"PROOFROOM_SECRET_KEY": "short"}, {"PROOFROOM_PORT": "x"},
     {"PROOFROOM_DEVELOPMENT": "maybe"}, {"PROOFROOM_SMTP_URL": "mail.example"}, {"PROOFROOM_PUBLIC_URL": "example.org"},
     {"DATABASE_URL": ""}],
)  # fmt: skip
def test_settings_that_make_no_sense_name_their_variable(wrong):
    with pytest.raises(BadSetting, match=next(iter(wrong))):
        read_settings({**NEEDED, **wrong})
    assert "s" * 32 not in repr(read_settings(NEEDED))


def test_every_link_leads_to_a_page(web):
    known = web.app.url_map.bind("localhost")
    links, token = Links(""), uuid.uuid4()
    made = [
        getattr(links, name)(*([] if name == "sign_in" else [token]))
        for name in dir(links)
        if not name.startswith("_") and name != "public_url"
    ]
    assert len(made) >= 6
    for path in made:
        endpoint, _arguments = known.match(path)
        assert endpoint


def test_every_job_is_a_function_and_has_a_queue():
    for job in Job:
        module, _, name = job.value.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name)), job
    assert set(QUEUE_OF) == set(Job)


def test_every_error_has_a_status_and_a_title():
    def kinds(kind):
        return [kind, *(each for sub in kind.__subclasses__() for each in kinds(sub))]

    for kind in kinds(ProofroomError)[1:]:
        assert kind in NEVER_AT_A_DOOR or any(parent in STATUS for parent in kind.__mro__), kind
    assert set(STATUS.values()) <= set(TITLES)
    assert problem_of(RuntimeError("secret")).status == 500
    assert "secret" not in problem_of(RuntimeError("secret")).detail


def test_every_audit_kind_has_words():
    kinds = set()
    call = re.compile(r"(?:record_audit|note_deed|audit|audit_person)\(\s*session,\s*(?:[\w.]+,\s*)?\"([a-z_]+\.[a-z_]+)\"", re.DOTALL)
    for path in (ROOT / "core").rglob("*.py"):
        kinds |= set(call.findall(path.read_text()))
    assert kinds - set(DEEDS) == set()
    assert len(kinds) > 10
