"""Every text for people can be extracted and translated, in Python, Jinja and TypeScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.assessments.rules.manifests import NEVER_RECORDED
from core.assessments.rules.rubrics import TEMPLATES, TITLES
from evidence.manifest import ALWAYS_SENTENCES, DEFAULT_WHY, SENTENCES
from interviewer.audit.words import DEEDS
from tests.architecture.texts import (
    calls_in_typescript,
    extracted,
    literals,
    templates,
    unmarked,
    untranslated_arguments,
    untranslated_markup,
)
from tests.architecture.tiny import ROOT

PACKAGES = ("core", "evidence", "server", "portal", "interviewer", "jobs")
NOT_SHOWN = {"server/kit_data.py"}  # the components' page, for developers


def python_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_every_marked_text_of_python_is_extracted() -> None:
    missing = {}
    for path in python_files():
        name = str(path.relative_to(ROOT))
        if lost := literals(path.read_text()) - extracted().get(name, set()):
            missing[name] = lost
    assert missing == {}


def test_every_template_and_script_with_texts_is_read() -> None:
    for path in templates():
        if re.search(r"\b_\(", path.read_text()):
            assert extracted().get(str(path.relative_to(ROOT))), path
    for path in (ROOT / "frontend").rglob("*.ts"):
        calls, _odd = calls_in_typescript(path.read_text())
        if calls and path.name != "messages.ts":
            assert extracted().get(str(path.relative_to(ROOT))), path


def test_texts_of_scripts_are_plain_literals() -> None:
    odd = {p.name: found for p in (ROOT / "frontend").rglob("*.ts") if (found := calls_in_typescript(p.read_text())[1])}
    assert set(odd) == {"messages.ts"}  # where the functions themselves stand


def test_what_a_view_translates_by_name_was_marked_where_it_stands() -> None:
    ids = set().union(*extracted().values())
    tables = [SENTENCES, ALWAYS_SENTENCES, DEFAULT_WHY, TITLES, DEEDS]
    shown = {text for table in tables for text in table.values()} | set(NEVER_RECORDED)
    for rubric in TEMPLATES.values():
        for dimension in rubric.dimensions:
            shown |= {dimension.title, *dimension.anchors}
    assert shown - ids == set()
    assert len(shown) > 70


@pytest.mark.parametrize("path", templates(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_template_shows_no_untranslated_sentence(path: Path) -> None:
    source = path.read_text()
    found = [*untranslated_markup(source), *untranslated_arguments(source)]
    assert [text for text in found if not _is_class_names(text)] == []


def _is_class_names(text: str) -> bool:
    """Tailwind's own: `page-wide pt-5! pb-10!`."""
    return bool(re.search(r"\b[a-z]+-\d+!?", text))


def test_python_speaks_to_people_only_in_marked_texts() -> None:
    found = {str(p.relative_to(ROOT)): bad for p in python_files() if (bad := list(unmarked(p.read_text())))}
    assert set(found) - NOT_SHOWN == set(), found


@pytest.mark.parametrize(
    "markup",
    ["<p>Nothing here yet</p>", '<img alt="A happy person">', '<input placeholder="Your full name">',
     "<p>{{ count }} of them are late</p>", "<b>{% if x %}Try again later{% endif %}</b>"],
)  # fmt: skip
def test_a_planted_sentence_in_markup_is_found(markup: str) -> None:
    assert untranslated_markup(markup)


@pytest.mark.parametrize("markup", ["<p>{{ _('Nothing here yet') }}</p>", "<b>Proofroom</b> ·", '<p class="a b c">42</p>',
                                    "{# Words for us alone #}<script>const two = words</script>"])  # fmt: skip
def test_translated_and_wordless_markup_passes(markup: str) -> None:
    assert untranslated_markup(markup) == []


def test_planted_arguments_and_calls_are_found() -> None:
    assert untranslated_arguments("{{ ui.button(label='Save it now') }}") == ["Save it now"]
    assert untranslated_arguments("{{ ui.button(label=_('Save it now')) }}") == []
    assert len(list(unmarked('flash("Saved it now")\nflash(_("Saved it now"))\n_(f"Hello {name}")\n_("a" + b)'))) == 3
    assert list(unmarked('raise Conflict("Somebody was faster")')) != []
    assert calls_in_typescript("x = _(`Hello`); y = _('Hello')")[1] == ["_(`Hello`); y = _('Hello')"]
