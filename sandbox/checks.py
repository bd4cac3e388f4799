"""Checks of protocol values. Each raises ProtocolError("field: what it must be")."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from sandbox.codec import ProtocolError

MIB = 1024 * 1024
MAX_FILES = 2_000
MAX_FILES_BYTES = 16 * MIB
MAX_STDIN_BYTES = 16 * MIB
MAX_TESTS = 500
MAX_JOB_BYTES = 32 * MIB
MAX_ARGV_BYTES = 64 * 1024
ENV_NAMES = frozenset({
    "TZ", "LANG", "LC_ALL", "PORT", "DEBUG", "PYTHONHASHSEED", "PYTHONPATH", "NODE_ENV", "NODE_OPTIONS",
    "JAVA_TOOL_OPTIONS", "CLASSPATH",
})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_OWN_ENV = re.compile(r"APP_[A-Z0-9_]{1,60}")


class HasPathAndContent(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def content(self) -> bytes: ...


def between(field: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ProtocolError(f"{field}: must be from {low} to {high}, not {value}")


def name(field: str, value: str) -> None:
    if not _NAME.fullmatch(value):
        raise ProtocolError(f"{field}: must be 1 to 100 letters, digits or . _ : - and begin with a letter or digit")


def size(field: str, value: bytes, most: int) -> None:
    if len(value) > most:
        raise ProtocolError(f"{field}: must be at most {most} bytes, not {len(value)}")


def path(field: str, value: str) -> None:
    parts = value.split("/")
    sizes = [len(_utf8(field, part)) for part in parts]
    if not value or sum(sizes) + len(parts) > 512 or "\0" in value or max(sizes) > 200:
        raise ProtocolError(f"{field}: must be 1 to 512 bytes without NUL, each part at most 200")
    if any(part in ("", ".", "..") for part in parts):
        raise ProtocolError(f"{field}: must be relative, without empty, '.' or '..' parts: {value[:80]!r}")


def argv(field: str, value: Sequence[str], at_least: int = 0) -> None:
    if len(value) < at_least:
        raise ProtocolError(f"{field}: must not be empty")
    total = sum(len(_utf8(field, item)) + 1 for item in value)
    if len(value) > 1000 or total > MAX_ARGV_BYTES or any("\0" in item for item in value):
        raise ProtocolError(f"{field}: must be at most 1000 texts without NUL, {MAX_ARGV_BYTES} bytes in all")


def _utf8(field: str, value: str) -> bytes:
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise ProtocolError(f"{field}: must be text that UTF-8 can carry") from None


def globs(field: str, value: Sequence[str]) -> None:
    if len(value) > 20:
        raise ProtocolError(f"{field}: must be at most 20 patterns")
    for pattern in value:
        path(field, pattern)


def env(field: str, value: Mapping[str, str]) -> None:
    for key, text in value.items():
        if key not in ENV_NAMES and not _OWN_ENV.fullmatch(key):
            raise ProtocolError(f"{field}.{key[:60]}: not allowed; use APP_... or one of {', '.join(sorted(ENV_NAMES))}")
        if "\0" in text or len(_utf8(field, text)) > 4096:
            raise ProtocolError(f"{field}.{key}: must be at most 4096 bytes without NUL")


def files(field: str, value: Sequence[HasPathAndContent]) -> None:
    unique(field, [item.path for item in value], MAX_FILES)
    folders = {parent for item in value for parent in _parents(item.path)}
    for item in value:
        if item.path in folders:
            raise ProtocolError(f"{field}: {item.path!r} is a file and a folder at once")
    total = sum(len(item.content) for item in value)
    if total > MAX_FILES_BYTES:
        raise ProtocolError(f"{field}: must be at most {MAX_FILES_BYTES} bytes in all, not {total}")


def unique(field: str, names: Sequence[str], most: int) -> None:
    if len(names) > most:
        raise ProtocolError(f"{field}: must be at most {most}, not {len(names)}")
    seen: set[str] = set()
    for item in names:
        if item in seen:
            raise ProtocolError(f"{field}: {item[:80]!r} stands there twice")
        seen.add(item)


def _parents(value: str) -> list[str]:
    parts = value.split("/")
    return ["/".join(parts[:i]) for i in range(1, len(parts))]
