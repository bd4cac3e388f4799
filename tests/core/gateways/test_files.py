"""The disk store keeps whole files under keys of its own making."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.base.errors import Invalid, NotFound, Unavailable
from core.gateways.files.disk import DiskStore
from core.gateways.files.port import MAX_STORED


def test_files_come_back_until_deleted(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "files")
    key = store.put(b"pack")
    assert store.get(key) == b"pack"
    store.delete(key)
    store.delete(key)
    with pytest.raises(NotFound):
        store.get(key)
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize("key", ["", "../secret", "a" * 31, "A" * 32, "/etc/passwd", "a" * 32 + "\n"])
def test_strange_keys_are_absent(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_text("x")
    store = DiskStore(tmp_path / "files")
    with pytest.raises(NotFound):
        store.get(key)


def test_too_large_and_no_room(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "files")
    with pytest.raises(Invalid):
        store.put(bytes(MAX_STORED + 1))
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        store.put(b"x")
