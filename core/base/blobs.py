"""Files by the SHA-256 of their content, in PostgreSQL, up to one mebibyte each (decision 13)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from sqlalchemy import Integer, LargeBinary, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.base.clock import utc_now
from core.base.db import Base
from core.base.errors import N_, Invalid, NotFound

MAX_BLOB = 1024 * 1024


class Blob(Base):
    """Content addressed by its hash; written once, never changed."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(default=utc_now)


def blob_hash(content: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(content).hexdigest()


def put_blob(session: Session, content: bytes) -> str:
    """Store ``content`` once and return its hash. Raises Invalid above MAX_BLOB bytes."""
    if len(content) > MAX_BLOB:
        raise Invalid.one("file", N_("A file may have at most %(limit)s bytes."), limit=MAX_BLOB)
    key = blob_hash(content)
    row = {"sha256": key, "size": len(content), "content": content, "created_at": utc_now()}
    session.execute(insert(Blob).values(row).on_conflict_do_nothing())
    return key


def get_blob(session: Session, key: str) -> bytes:
    """The content of a hash. Raises NotFound."""
    content = session.scalar(select(Blob.content).where(Blob.sha256 == key))
    if content is None:
        raise NotFound
    return content


def get_blobs(session: Session, keys: Iterable[str]) -> dict[str, bytes]:
    """Contents by hash, in one query. Raises NotFound when one is missing."""
    wanted = set(keys)
    rows = session.execute(select(Blob.sha256, Blob.content).where(Blob.sha256.in_(wanted))).all()
    found = {row.sha256: row.content for row in rows}
    if len(found) != len(wanted):
        raise NotFound
    return found


def put_blobs(session: Session, contents: Iterable[bytes]) -> list[str]:
    """Store several contents in one statement and return their hashes. Raises Invalid above MAX_BLOB bytes."""
    rows = {}
    keys = []
    for content in contents:
        if len(content) > MAX_BLOB:
            raise Invalid.one("file", N_("A file may have at most %(limit)s bytes."), limit=MAX_BLOB)
        key = blob_hash(content)
        keys.append(key)
        rows[key] = {"sha256": key, "size": len(content), "content": content, "created_at": utc_now()}
    if rows:
        # Sorted, so that two writers of the same blobs wait for each other instead of locking in a ring.
        ordered = [rows[key] for key in sorted(rows)]
        session.execute(insert(Blob).on_conflict_do_nothing(), ordered)
    return keys
