"""Forms of a page read and sent as a browser without scripts does."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class FormReader(HTMLParser):
    """The fields of the page's main form, as a browser without scripts would send them."""

    def __init__(self, action: str) -> None:
        super().__init__(convert_charrefs=True)
        self.action, self.inside = action, False
        self.fields: list[tuple[str, str]] = []
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("action") == self.action
        if not self.inside:
            return
        name, kind = found.get("name"), found.get("type")
        sent = kind not in ("submit", "button") and (kind not in ("checkbox", "radio") or "checked" in found)
        if tag == "input" and name and sent:
            self.fields.append((name, found.get("value") or ("on" if kind == "checkbox" else "")))
        if tag == "textarea" and name:
            self.area = name
            self.fields.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self.area and self.fields[-1][0] == self.area:
            self.fields[-1] = (self.area, self.fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None
        if tag == "form":
            self.inside = False


def read_form(text: str, action: str) -> list[tuple[str, str]]:
    reader = FormReader(action)
    reader.feed(text)
    # A browser drops the one line end that follows the opening tag of a text area.
    return [(name, value.removeprefix("\r\n").removeprefix("\n")) for name, value in reader.fields]


def send(client: Any, url: str, fields: list[tuple[str, str]], **changes: str | list[str] | None) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = [value] if isinstance(value, str) else value
    return client.post(url, data=data)
