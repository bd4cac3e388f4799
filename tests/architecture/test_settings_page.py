"""Every variable that any part reads stands in docs/settings.md, those of the application and those of the scripts."""

from __future__ import annotations

import re
from dataclasses import fields

from core.settings import Settings
from tests.architecture.sizes import tracked
from tests.architecture.tiny import ROOT

PAGE = (ROOT / "docs" / "settings.md").read_text()
# Set by the parts for each other: nobody sets them by hand.
BETWEEN_PARTS = {"PROOFROOM_PART", "PROOFROOM_TEST_MARK", "PROOFROOM_TEST_STRICT", "PROOFROOM_DEMO_PASSWORD"}
BEGINNINGS = {"PROOFROOM_", "PROOFROOM_SANDBOX", "PROOFROOM_DOCKER", "PROOFROOM_ENGINE"}  # of an allow-list's pattern


def named() -> set[str]:
    """Every PROOFROOM_ variable in code, scripts and deployment files."""
    folders = ("core", "server", "portal", "interviewer", "jobs", "sandbox", "runtime", "scripts", "deploy", "cli.py", "wsgi.py",
               "docker-compose.yml", "Makefile", ".ci", "bench")  # fmt: skip
    found = (re.findall(r"PROOFROOM_[A-Z_]*", path.read_text(errors="replace")) for path in tracked(*folders))
    return set().union(*found) - BEGINNINGS - BETWEEN_PARTS


def test_every_variable_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^(?:\| |- )`(PROOFROOM_[A-Z_]+)`", PAGE, re.MULTILINE))
    assert documented == named()


def test_the_defaults_on_the_page_are_those_of_the_code() -> None:
    stated = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]*)` \|", PAGE, re.MULTILINE))
    for item in fields(Settings):
        if item.metadata["variable"] in stated:
            default = int(item.default) if isinstance(item.default, bool) else item.default
            assert stated[item.metadata["variable"]] == str(default), item.name
    assert len(stated) > 8
