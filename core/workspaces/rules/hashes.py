"""Fingerprints that evidence events carry: of a run of edits, and of the files at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from evidence.canonical import canonical


def edits_hash(contents: Iterable[bytes]) -> str:
    """SHA-256 over the SHA-256 of each update, in the order of their ids; hex."""
    return edits_hash_of(hashlib.sha256(content).digest() for content in contents)


def edits_hash_of(digests: Iterable[bytes]) -> str:
    """The same from digests that the database made."""
    return hashlib.sha256(b"".join(digests)).hexdigest()


def files_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the canonical JSON of path → SHA-256 of the content; hex."""
    listing = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return hashlib.sha256(canonical(listing, max_bytes=1024 * 1024)).hexdigest()
