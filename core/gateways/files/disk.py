"""Files in a folder of the state directory; a file is whole or not there."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from core.base.errors import N_, Invalid, NotFound, Unavailable
from core.gateways.files.port import MAX_STORED

_KEY = re.compile(r"[0-9a-f]{32}")


class DiskStore:
    """A FileStore in ``folder``, which is made when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Written beside, flushed, then renamed: a crash leaves no half file under a key."""
        if len(content) > MAX_STORED:
            raise Invalid.one("file", N_("A file may have at most %(limit)s bytes."), limit=MAX_STORED)
        key = secrets.token_hex(16)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = self.folder / f"{key}.part"
            with partial.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            partial.rename(self.folder / key)
        except OSError as error:
            raise Unavailable("files", cause=type(error).__name__) from error
        return key

    def get(self, key: str) -> bytes:
        """The content of a key."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise NotFound from None
        except OSError as error:
            raise Unavailable("files", cause=type(error).__name__) from error

    def delete(self, key: str) -> None:
        """Forget a key."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable("files", cause=type(error).__name__) from error

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound
        return self.folder / key
