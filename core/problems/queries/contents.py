"""What is inside a pack version. Versions never change, so the last few are kept in memory by content hash."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from sqlalchemy.orm import Session

from core.base.blobs import get_blobs
from core.base.errors import ProofroomError
from core.problems.models import PackVersion
from core.problems.rules.pack import Files, Pack, TestGroup
from core.problems.rules.summary import public_groups
from core.problems.rules.validate import read_pack

KEPT = 8
_kept: OrderedDict[str, Pack] = OrderedDict()
_lock = Lock()


class BrokenPack(ProofroomError):
    """A stored pack does not read any more: it was accepted by laxer rules, or the database was changed by hand."""

    code = "broken_pack"


def files_of(session: Session, version: PackVersion) -> dict[str, bytes]:
    """All files of a version by path, in one query. Raises NotFound when a blob is missing."""
    hashes: Mapping[str, Mapping[str, str]] = version.files
    contents = get_blobs(session, (entry["sha256"] for entry in hashes.values()))
    return {path: contents[entry["sha256"]] for path, entry in hashes.items()}


def pack_of(session: Session, version: PackVersion) -> Pack:
    """The version as the value that rules read. Raises BrokenPack."""
    with _lock:
        pack = _kept.get(version.content_hash)
        if pack is not None:
            _kept.move_to_end(version.content_hash)
            return pack
    read = read_pack(files_of(session, version))
    if read.pack is None:
        raise BrokenPack(f"{version.manifest.get('slug')} {version.version}: {read.problems[0]}")
    with _lock:
        _kept[version.content_hash] = read.pack
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return read.pack


def starter_files(session: Session, version: PackVersion, language: str) -> Files:
    """What a candidate begins with. Raises KeyError for a language that the pack does not have."""
    return pack_of(session, version).language(language).starter_files


def public_tests(session: Session, version: PackVersion, language: str) -> tuple[TestGroup, ...]:
    """The groups whose cases a candidate may see and run."""
    return public_groups(pack_of(session, version), language)
