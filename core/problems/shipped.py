"""The packs that come with Proofroom: folders of the checkout's packs/, each with a task.yaml."""

from __future__ import annotations

from pathlib import Path

from core.problems.rules.layout import MANIFEST
from core.problems.rules.paths import is_junk

FOLDER = Path(__file__).resolve().parents[2] / "packs"


def shipped_folders(folder: Path = FOLDER) -> list[Path]:
    """The folders that hold a pack, by name."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of one pack by relative path; what tools and systems leave behind is skipped."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not is_junk(name):
            files[name] = path.read_bytes()
    return files
