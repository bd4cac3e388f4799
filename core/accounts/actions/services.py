"""What an admin enters about outside services. Secrets are sealed before they are stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.audit import audit
from core.accounts.models import Role
from core.base.errors import N_, Conflict
from core.base.seal import seal
from core.base.stored_settings import StoredSetting
from core.gateways.llm import chosen as llm
from core.gateways.llm.port import Endpoint
from core.gateways.mail import chosen as mail
from core.gateways.mail.smtp import SmtpServer
from core.settings import Settings

FIXED = N_("The environment of this server decides this. Change it there and restart.")


def store_mail_server(
    session: Session, actor: Actor, settings: Settings, server: SmtpServer | None, now: dt.datetime
) -> None:
    """Send mails through ``server`` from now on; None keeps them on the outbox screen. Raises Conflict when fixed."""
    actor.need(Role.ADMIN)
    if settings.smtp_url:
        raise Conflict(FIXED, code="fixed_by_environment")
    value: dict[str, Any] = {}
    if server is not None:
        value = {
            "host": server.host,
            "port": server.port,
            "security": server.security.value,
            "user": server.user,
            "password_sealed": seal(settings.secret_key, server.password) if server.password else "",
            "sender": server.sender,
        }
    put_setting(session, mail.NAME, value, now)
    audit(session, actor, "mail_settings.changed", host=server.host if server else "")


def store_model_endpoint(
    session: Session, actor: Actor, settings: Settings, endpoint: Endpoint | None, now: dt.datetime
) -> None:
    """Ask models there from now on; None means that nothing is asked of a model. Raises Conflict when fixed."""
    actor.need(Role.ADMIN)
    if settings.openai_api_key or settings.openai_base_url:
        raise Conflict(FIXED, code="fixed_by_environment")
    value: dict[str, Any] = {}
    if endpoint is not None:
        sealed = seal(settings.secret_key, endpoint.api_key) if endpoint.api_key else ""
        value = {"base_url": endpoint.base_url, "key_sealed": sealed, "model": endpoint.model}
    put_setting(session, llm.NAME, value, now)
    audit(session, actor, "model_settings.changed", base_url=endpoint.base_url if endpoint else "")


def put_setting(session: Session, name: str, value: dict[str, Any], now: dt.datetime) -> None:
    """Store one named group of settings."""
    row = session.get(StoredSetting, name)
    if row is None:
        session.add(StoredSetting(name=name, value=value, changed_at=now))
    else:
        row.value, row.changed_at = value, now
    session.flush()
