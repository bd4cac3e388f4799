"""The contract of a store for large files, which web and workers share (decision 13)."""

from __future__ import annotations

from typing import Protocol

MAX_STORED = 64 * 1024 * 1024


class FileStore(Protocol):
    """Keeps bytes under keys that we make. Every call may raise Unavailable("files")."""

    def put(self, content: bytes) -> str:
        """Store ``content`` and return its new key. Raises Invalid above MAX_STORED bytes."""
        ...

    def get(self, key: str) -> bytes:
        """The content. Raises NotFound."""
        ...

    def delete(self, key: str) -> None:
        """Forget the content; a key that is not there is no fault."""
        ...


_store: list[FileStore] = []


def set_store(store: FileStore) -> None:
    """Called once by core.wiring: where this process keeps large files."""
    _store[:] = [store]


def file_store() -> FileStore:
    """The store of this process. Raises RuntimeError before ``set_store`` was called."""
    if not _store:
        raise RuntimeError("No file store is wired; core.wiring.wire does it.")
    return _store[0]
