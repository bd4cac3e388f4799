"""Small helpers for writing SVG."""

from __future__ import annotations

from markupsafe import Markup, escape


def number(value: float) -> str:
    """A coordinate: at most one decimal, no trailing zero."""
    return f"{value:.1f}".removesuffix(".0")


def tag(name: str, body: str = "", /, **attributes: object) -> str:
    """One element. `view_box` becomes viewBox, other underscores hyphens; floats are rounded, None is left out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, float) else value
        attribute = {"class_": "class", "view_box": "viewBox"}.get(key, key.replace("_", "-"))
        parts.append(f'{attribute}="{escape(shown)}"')
    return f"<{' '.join(parts)}>{body}</{name}>" if body else f"<{' '.join(parts)}/>"


def text(words: object, **attributes: object) -> str:
    """A text element with escaped words."""
    return tag("text", str(escape(words)), **attributes)


def picture(
    body: list[str], width: float, height: float, label: str | None, *, fixed: bool = False
) -> Markup:
    """The svg element. With a label it is an image with that name, else it is hidden from readers."""
    role = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    size: dict[str, object] = {"width": width, "height": height} if fixed else {"class_": "chart"}
    view = f"0 0 {number(width)} {number(height)}"
    drawing = tag("svg", "".join(body) or " ", view_box=view, **size, **role)
    return Markup(drawing)  # noqa: S704 - every value went through escape() in tag()


def clamp(value: float, low: float, high: float) -> float:
    """`value`, kept within the two limits."""
    return max(low, min(high, value))
