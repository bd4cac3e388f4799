"""Signs of life in PostgreSQL: a gap is how the server knows that it was away and owes people time (decision 11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.base.db import Base, Keyed

BEAT_SECONDS = 5
GAP_SECONDS = 15
WEB = "web"


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


def beat(session: Session, part: str, now: dt.datetime, *, starting: bool = False) -> Outage | None:
    """Write a part's sign of life; call every five seconds. A gap of the web becomes an outage, which is returned.

    ``starting`` marks the first beat of a new process.
    """
    mine = select(Heartbeat).where(Heartbeat.part == part).with_for_update()
    last = session.scalar(mine.execution_options(populate_existing=True))
    if last is None:
        row = {"part": part[:80], "at": now, "started_at": now}
        session.execute(insert(Heartbeat).values(row).on_conflict_do_nothing())
        return None
    gap_began_at, last.at = last.at, now
    if starting:
        last.started_at = now
    if part != WEB or (now - gap_began_at).total_seconds() <= GAP_SECONDS:
        return None
    outage = Outage(began_at=gap_began_at, ended_at=now)
    session.add(outage)
    return outage


def unpaid_outages(session: Session) -> Sequence[Outage]:
    """Outages that were noted and whose seconds people have not got back yet, oldest first."""
    return session.scalars(select(Outage).where(Outage.applied_at.is_(None)).order_by(Outage.id)).all()


def is_away(session: Session, now: dt.datetime) -> bool:
    """Whether the web has been silent for so long that its next beat will note an outage. False before its first one."""
    last = session.scalar(select(Heartbeat.at).where(Heartbeat.part == WEB))
    return last is not None and (now - last).total_seconds() > GAP_SECONDS
