"""Settings that people enter on a screen (mail, model endpoint). Secrets inside are sealed before they get here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.base.db import Base


class StoredSetting(Base):
    """One named group of settings: "mail", "model", "first_run"."""

    __tablename__ = "stored_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[dt.datetime]
