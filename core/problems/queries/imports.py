"""Uploaded zips: their state and what was found wrong with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.base.errors import NotFound
from core.problems.models import PackImport


def get_import(session: Session, organisation_id: int, import_uuid: uuid.UUID) -> PackImport:
    """An upload of the organisation. Raises NotFound."""
    query = select(PackImport).where(
        PackImport.uuid == import_uuid, PackImport.organisation_id == organisation_id
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def list_imports(session: Session, organisation_id: int, limit: int = 10) -> Sequence[PackImport]:
    """The newest uploads of the organisation."""
    query = select(PackImport).where(PackImport.organisation_id == organisation_id)
    return session.scalars(query.order_by(PackImport.id.desc()).limit(limit)).all()
