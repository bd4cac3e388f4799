"""Every text that people read: what Babel extracts, and what a template or a call shows without a translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from jinja2 import Environment, nodes

from tests.architecture.tiny import ROOT

MARKS = {"_": None, "N_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
SOURCES = ("core", "evidence", "server", "portal", "interviewer", "jobs", "frontend")
SHOWN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "value"}
# Two words or more: one alone may be a name or a unit, and is looked at by people.
SENTENCE = re.compile(r"[^\W\d_]{2,}['’]?[^\W\d_]*[,;:]?\s+[^\W\d_]{2,}")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def templates() -> list[Path]:
    """Pages and mails; the kit shows components to developers, in English."""
    found = [*ROOT.glob("*/templates/**/*.html"), *(ROOT / "core" / "texts").iterdir()]
    return sorted(path for path in found if path.name != "kit.html")


@lru_cache(maxsize=1)
def extracted() -> dict[str, set[str]]:
    """Message ids by file, as `pybabel extract -F babel.cfg` finds them."""
    with (ROOT / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)
    found: dict[str, set[str]] = {}
    for folder in SOURCES:
        rows = extract_from_dir(ROOT / folder, [(p.removeprefix(f"{folder}/"), m) for p, m in methods if _is_in(p, folder)],
                                {p.removeprefix(f"{folder}/"): options[p] for p, _ in methods if _is_in(p, folder)},
                                keywords=MARKS)  # fmt: skip
        for name, _line, ids, _comments, _context in rows:
            group = found.setdefault(f"{folder}/{name}", set())
            group.update([ids] if isinstance(ids, str) else [i for i in ids if i])
    return found


def _is_in(pattern: str, folder: str) -> bool:
    return pattern.startswith((f"{folder}/", "**"))


class _Visible(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.texts = 0, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")
        self.texts += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def untranslated_markup(source: str) -> list[str]:
    """Sentences that stand in the markup itself."""
    page = _Visible()
    page.feed(JINJA.sub("\x00", source))
    pieces = [piece.strip() for text in page.texts for piece in text.split("\x00")]
    return [piece for piece in pieces if SENTENCE.search(piece)]


def untranslated_arguments(source: str) -> list[str]:
    """Sentences that a template hands to a macro or prints, without `_()`."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source)
    return list(_sentences(tree))


def _sentences(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and _is_said(node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _sentences(child)


def _is_said(text: str) -> bool:
    """A sentence or a heading, not a list of class names or a path."""
    return bool(SENTENCE.search(text)) and bool(re.match(r"[A-Z(“]", text)) and "<" not in text


def unmarked(source: str) -> Iterator[str]:
    """Texts for people in Python that no extraction would find, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _name_of(node.func)
        if name in MARKS:
            for argument in node.args[: 2 if name == "ngettext" else 1]:
                if isinstance(argument, ast.JoinedStr | ast.BinOp) or (isinstance(argument, ast.Call) and _is_format(argument)):
                    yield f"line {node.lineno}: {name}() of a text that is put together first"
        elif name in SPEAKERS:
            for argument in [*node.args, *(k.value for k in node.keywords if k.arg in ("text", "message", "label"))]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _is_said(argument.value):
                    yield f"line {argument.lineno}: {name}() says {argument.value[:40]!r} without a mark"


SPEAKERS = {"flash", "one", "FieldError", "NotFound", "NotAllowed", "Invalid", "Conflict", "Gone", "Unavailable", "TooMany",
            "ValidationError", "StopValidation", "InputRequired", "Length", "NumberRange", "SelectChoice", "NavItem"}  # fmt: skip


def _name_of(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _is_format(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def literals(source: str) -> set[str]:
    """The texts of every marked call in Python, as the language itself reads them."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name_of(node.func) in MARKS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def calls_in_typescript(source: str) -> tuple[int, list[str]]:
    """(marked calls, those whose text is not one plain literal) of a TypeScript file."""
    calls = list(re.finditer(r"(?<![\w.])(?:_|ngettext)\((?=(.))", source))
    return len(calls), [source[c.start() : c.start() + 40] for c in calls if c[1] not in "'\"\n"]

