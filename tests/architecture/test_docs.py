"""The documents agree with the tree: pictures, links, indexes, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli import COMMANDS
from scripts.picture import TARGET, draw, imports
from tests.architecture.sizes import tracked
from tests.architecture.tiny import ROOT

PAGES = [path for path in tracked() if path.suffix == ".md" and "tests" not in path.parts]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_picture_shows_the_real_imports() -> None:
    assert TARGET.read_text() == draw(imports()), "draw it again: .venv/bin/python -m scripts.picture"


def test_a_new_import_would_change_the_picture() -> None:
    assert draw({**imports(), "server": ["core", "evidence"]}) != draw(imports())


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    missing = [t for t in targets if "://" not in t and not t.startswith("mailto:") and not (page.parent / t).exists()]
    assert missing == []


def test_every_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    pages = {path.name: path.read_text().splitlines()[0].removeprefix("# ") for path in folder.glob("[0-9]*.md")}
    listed = dict(re.findall(r"^\| \[\d+\]\(([^)]+)\) \| (.+) \|$", (folder / "README.md").read_text(), re.MULTILINE))
    assert listed == pages
    assert sorted(name[:4] for name in pages) == [f"{n:04d}" for n in range(1, len(pages) + 1)]


def test_every_command_that_is_named_exists() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    targets = set(re.findall(r"^([a-z]+): ##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"(?:`|^    |bin/)proofroom ([a-z]+)", text, re.MULTILINE)) <= set(COMMANDS)


def test_every_path_in_backticks_exists() -> None:
    """`core/base/links.py` and the like; what is made at run time or stands for a pattern is left out."""
    lost = {}
    for page in PAGES:
        named = set(re.findall(r"`((?:core|server|portal|interviewer|jobs|evidence|sandbox|runtime|scripts|tests|frontend|docs|"
                               r"migrations|deploy|bench|packs)/[\w./-]+)`", page.read_text()))  # fmt: skip
        made = ("server/static/built", "bench/results")
        gone = {n for n in named if not (ROOT / n).exists() and not n.startswith(made) and not list(ROOT.glob(f"packs/*/{n}"))}
        if gone:
            lost[_name(page)] = gone
    assert lost == {}


def test_pictures_are_small() -> None:
    big = [_name(p) for p in tracked("docs") if p.suffix == ".png" and p.stat().st_size > 150_000]
    assert big == []
