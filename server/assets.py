"""Addresses of the built browser files, and the icons.

Vite writes `server/static/built/` with hashed names and `.vite/manifest.json`; this module reads both lists once and
gives templates `asset('pages/workspace').url` and `icon('check')`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup, escape

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "server" / "static" / "built"
LUCIDE = ROOT / "node_modules" / "lucide-static" / "icons"
URL = "/static/built/"


class AssetsNotBuilt(RuntimeError):
    """The browser files are not there; the message names the cure."""


@dataclass(frozen=True)
class Asset:
    """One built file. `url` is its address, `preloads` are the scripts it imports."""

    url: str
    preloads: tuple[str, ...] = ()


class Assets:
    """The built files of one build.

    `manifest` is Vite's manifest; `sprite` the path of the icon sprite below the built folder; `names` its icons.
    """

    def __init__(self, manifest: dict[str, dict[str, object]], sprite: str, names: frozenset[str]) -> None:
        self.manifest = manifest
        self.sprite_url = URL + sprite
        self.icon_names = names

    @classmethod
    def read(cls, folder: Path = BUILT) -> Assets:
        """Reads one build. Raises AssetsNotBuilt when the folder holds none."""
        try:
            manifest = json.loads((folder / ".vite" / "manifest.json").read_text())
            icons = json.loads((folder / "icons.json").read_text())
        except FileNotFoundError as error:
            raise AssetsNotBuilt(
                f"The browser files are not built ({error.filename} is missing): run `npm run build`."
            ) from error
        return cls(manifest, icons["file"], frozenset(icons["names"]))

    @classmethod
    def unbuilt(cls) -> Assets:
        """Stands for a build in tests of pages, which need no Node: the entries and icons are the sources'."""
        entries = [*ROOT.glob("frontend/pages/*.ts"), *ROOT.glob("frontend/styles/app.css")]
        manifest: dict[str, dict[str, object]] = {
            path.relative_to(ROOT).as_posix(): {"file": f"unbuilt/{path.stem}{path.suffix}"}
            for path in entries
        }
        return cls(manifest, "unbuilt/icons.svg", frozenset(path.stem for path in LUCIDE.glob("*.svg")))

    def asset(self, name: str) -> Asset:
        """The built file of an entry, such as `pages/workspace` or `styles/app`. Raises KeyError for no entry."""
        key = f"frontend/{name}.css" if name.startswith("styles/") else f"frontend/{name}.ts"
        if key not in self.manifest:
            raise KeyError(f"There is no browser entry {key}; the build makes one a file in frontend/pages.")
        return Asset(URL + str(self.manifest[key]["file"]), tuple(self._imports(key, set())))

    def _imports(self, key: str, seen: set[str]) -> list[str]:
        urls: list[str] = []
        imports = self.manifest[key].get("imports", [])
        for name in imports if isinstance(imports, list) else []:
            if name in seen:
                continue
            seen.add(name)
            urls += [URL + str(self.manifest[name]["file"]), *self._imports(name, seen)]
        return urls

    def icon(self, name: str, cls: str = "", label: str | None = None) -> Markup:
        """An icon from the sprite; with `label` it is an image with that name, else it is hidden from readers.

        Raises KeyError for a name that the sprite does not hold.
        """
        if name not in self.icon_names:
            raise KeyError(
                f"There is no icon {name!r} in the sprite; names are Lucide's, found by the build."
            )
        role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
        classes = f"icon {cls}".strip()
        use = f'<use href="{self.sprite_url}#i-{name}"/>'
        drawing = f'<svg class="{escape(classes)}" viewBox="0 0 24 24" {role}>{use}</svg>'
        return Markup(drawing)  # noqa: S704 - class and label are escaped, the name is one of the sprite's


def install(app: Flask, assets: Assets) -> None:
    """Gives the application's templates `asset`, `icon` and `icon_sprite`, and hashed files a long life."""
    app.jinja_env.globals.update(asset=assets.asset, icon=assets.icon, icon_sprite=assets.sprite_url)

    @app.after_request
    def keep_hashed_files(response: Response) -> Response:
        if request.path.startswith(URL + "assets/") and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
