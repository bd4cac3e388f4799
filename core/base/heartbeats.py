"""Signs of life in PostgreSQL: a gap is how the server knows that it was away and owes people time (decision 11)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.base.db import Base, Keyed

BEAT_SECONDS = 5
GAP_SECONDS = 15


class Heartbeat(Base):
    """The last sign of life of a part ("web", "timetable", "worker:run:…")."""

    __tablename__ = "heartbeats"

    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime]


class Outage(Base, Keyed):
    """A time in which the server was away; open attempts get these seconds back, once."""

    __tablename__ = "outages"

    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime]
    applied_at: Mapped[dt.datetime | None]
