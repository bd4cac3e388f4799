"""Markdown of packs as safe HTML: no raw HTML, no images from elsewhere, links that leave say so to the browser."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

MAX_MARKDOWN = 200_000
LINK = {"rel": "noopener noreferrer nofollow", "target": "_blank", "class": "link"}
_reader = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    .enable(["table"])
    .disable("image")
)


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    for name, value in LINK.items():
        tokens[index].attrSet(name, value)
    return self.renderToken(tokens, index, options, env)


_reader.add_render_rule("link_open", _link_open)


def markdown(text: str, lower: int = 0) -> Markup:
    """HTML of ``text`` (CommonMark and tables); safe to put into a page whatever the text holds.

    ``lower`` moves headings down by so many levels, for pages that have a first heading of their own.
    """
    env: dict[str, object] = {}
    tokens = _reader.parse(text[:MAX_MARKDOWN], env)
    for token in tokens:
        if lower and token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + lower)}"
    html = _reader.renderer.render(tokens, _reader.options, env)
    return Markup(html)  # noqa: S704 - the reader escapes every HTML in its input
