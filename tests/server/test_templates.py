"""The layouts and the kit: they render, keep the strict policy, and name only icons that exist."""

import re
from html.parser import HTMLParser

import pytest
from flask import flash, render_template, render_template_string

from server.assets import LUCIDE, ROOT, Assets, AssetsNotBuilt
from server.kit_data import KitData
from server.ui import NavItem, Viewer
from tests.server.pages import bare_app

TEMPLATES = [*ROOT.glob("server/templates/**/*.html"), *ROOT.glob("portal/templates/**/*.html")]
TEMPLATES += ROOT.glob("interviewer/templates/**/*.html")


class Page(HTMLParser):
    """Collects what the rules look at."""

    def __init__(self, text):
        super().__init__()
        self.forbidden, self.ids, self.refs, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.forbidden += [f"{tag} {key}" for key in values if key == "style" or key.startswith("on")]
        if tag == "style" or (
            tag == "script" and not values.get("src") and values.get("type") != "application/json"
        ):
            self.forbidden.append(f"inline {tag}")
        if "id" in values:
            self.ids.append(values["id"])
        for key in ("for", "aria-controls", "aria-labelledby", "aria-describedby", "popovertarget"):
            self.refs += (values.get(key) or "").split()


@pytest.fixture
def app():
    return bare_app()


def draw(app, source, **context):
    with app.test_request_context():
        return render_template_string(source, **context)


def check(text):
    page = Page(text)
    assert page.forbidden == []
    assert sorted(page.ids) == sorted(set(page.ids)), "an id stands twice"
    assert set(page.refs) <= set(page.ids)
    assert page.tags.count("main") == page.tags.count("h1") == 1
    return page


def test_kit_draws_every_macro(app):
    with app.test_request_context():
        text = render_template("kit.html", kit=KitData())
    check(text)
    assert text.count('aria-invalid="true"') == 5
    assert 'aria-describedby="failed-text-error failed-text-hint"' in text
    for macro in re.findall(r"{% macro (\w+)\(", (ROOT / "server/templates/macros/form.html").read_text()):
        if macro.startswith("_") or macro in {
            "errors",
            "reveal",
            "summary_title",
            "optional_word",
            "draft",
            "csrf",
        }:
            continue
        assert f"forms.{macro}(" in (ROOT / "server/templates/kit.html").read_text()


def test_team_layout_marks_where_one_is(app):
    nav = [
        NavItem(key="assessments", label="Assessments", href="/a", icon="clipboard-list"),
        NavItem(key="submissions", label="Submissions", href="/s", icon="inbox", group="Hiring", count=38),
        NavItem(key="audit", label="Audit log", href="/audit", icon="scroll-text", group="account"),
    ]
    text = draw(
        app,
        "{% extends 'layouts/team.html' %}{% block nav_current %}submissions{% endblock %}"
        "{% block main %}<h1>x</h1>{% endblock %}",
        nav=nav,
        viewer=Viewer(name="<b>Priya</b> Raman", theme="dark", locale="ar", direction="rtl", href="/me"),
        organisation=None,
    )
    page = check(text)
    assert page.ids.count("drawer") == 1
    assert text.count('aria-current="page"') == 2  # once in the side bar, once in the drawer
    assert 'lang="ar" dir="rtl" data-theme="dark"' in text
    assert "<b>Priya" not in text


@pytest.mark.parametrize("layout", ["candidate", "quiet", "workspace"])
def test_other_layouts(app, layout):
    block = "panels" if layout == "workspace" else "main"
    extends = "{% extends 'layouts/" + layout + ".html' %}"
    check(draw(app, extends + "{% block " + block + " %}<h1>x</h1>{% endblock %}"))


def test_error_summary_leads_to_its_fields(app):
    form = KitData().failed
    text = draw(
        app, "{% import 'macros/form.html' as forms with context %}{{ forms.error_summary(form) }}", form=form
    )
    assert "6 things to fix" in text
    for field in ("failed-text", "failed-area", "failed-secret"):
        assert f'href="#{field}"' in text


def test_flashes_become_toasts(app):
    source = "{% extends 'layouts/candidate.html' %}{% block main %}<h1>x</h1>{% endblock %}"
    with app.test_request_context():
        flash("<i>Saved</i>", "good")
        text = render_template_string(source)
    assert 'data-toast="good"' in text
    assert "<i>Saved" not in text


def test_templates_name_only_icons_that_exist():
    known = {path.stem for path in LUCIDE.glob("*.svg")}
    assert known, "npm ci has not run"
    sources = [*TEMPLATES, *(path for path in ROOT.glob("frontend/**/*.ts") if path.parent.name != "build")]
    for door in ("server", "portal", "interviewer"):
        sources += ROOT.glob(f"{door}/**/*.py")
    pattern = re.compile(r"""\bicon(?:_name)?["']?\s*(?:\(|=|:)\s*["']([a-z0-9-]+)["']""")
    used = {(name, path.name) for path in sources for name in pattern.findall(path.read_text())}
    assert len(used) > 10
    assert {(name, path) for name, path in used if name not in known} == set()


def test_templates_keep_the_strict_policy():
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text), path
        assert "<style" not in text, path


def test_unknown_names_are_loud(app):
    assets = Assets.unbuilt()
    with pytest.raises(KeyError, match="no icon 'nonsense'"):
        assets.icon("nonsense")
    with pytest.raises(KeyError, match="no browser entry"):
        assets.asset("pages/nonsense")


def test_icon_escapes_its_label():
    assert '"><b>' not in Assets.unbuilt().icon("check", label='"><b>')


def test_missing_build_names_the_cure(tmp_path):
    with pytest.raises(AssetsNotBuilt, match="npm run build"):
        Assets.read(tmp_path)


def test_built_manifest_is_read(tmp_path):
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(
        '{"frontend/pages/a.ts": {"file": "assets/a-1.js", "imports": ["_x.js"]},'
        ' "_x.js": {"file": "assets/x-2.js", "imports": ["_x.js"]}}'
    )
    (tmp_path / "icons.json").write_text('{"file": "assets/icons-9.svg", "names": ["check"]}')
    assets = Assets.read(tmp_path)
    assert assets.asset("pages/a").url == "/static/built/assets/a-1.js"
    assert assets.asset("pages/a").preloads == ("/static/built/assets/x-2.js",)
    assert '<use href="/static/built/assets/icons-9.svg#i-check"/>' in assets.icon("check")
