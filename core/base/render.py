"""Texts outside requests: mails and documents from Jinja templates in core/texts, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.base.i18n import show_time, translations

TEXTS = Path(__file__).resolve().parent.parent / "texts"


@dataclass(frozen=True)
class Mail:
    """A rendered mail: a subject line, a plain text and an HTML body."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=16)
def _environment(locale: str, html: bool) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEXTS),
        autoescape=html,  # noqa: S701 - plain text mails must not be escaped; the HTML body is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    env.filters["time"] = lambda moment, zone: show_time(moment, zone, locale)
    return env


def render_mail(name: str, locale: str, **values: Any) -> Mail:
    """Render core/texts/<name>.txt (first line the subject) and <name>.html. Raises on a missing value."""
    text = _environment(locale, html=False).get_template(f"{name}.txt").render(**values)
    html = _environment(locale, html=True).get_template(f"{name}.html").render(**values)
    subject, _, body = text.partition("\n")
    return Mail(" ".join(subject.split())[:200], body.strip() + "\n", html)
