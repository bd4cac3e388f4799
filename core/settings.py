"""Typed settings, read once from the environment and refused loudly when they make no sense.

Every field is documented in docs/settings.md; a test compares the two.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """A setting that cannot be used; the message names the variable and the cure."""


def _url(name: str, raw: str, schemes: tuple[str, ...]) -> str:
    if urlsplit(raw).scheme not in schemes:
        raise BadSetting(f"{name} must start with one of {', '.join(schemes)}; it is {raw[:60]!r}.")
    return raw.rstrip("/")


def _database(name: str, raw: str) -> str:
    # Hosting companies hand out postgres://…; SQLAlchemy wants the driver named.
    for old in ("postgres://", "postgresql://"):
        if raw.startswith(old):
            raw = "postgresql+psycopg://" + raw[len(old) :]
    if not raw.startswith("postgresql+psycopg://"):
        raise BadSetting(f"{name} must be a PostgreSQL address such as postgresql://user@host/name.")
    return raw


def _redis(name: str, raw: str) -> str:
    return _url(name, raw, ("redis", "rediss", "unix"))


def _public(name: str, raw: str) -> str:
    return _url(name, raw, ("http", "https"))


def _integer(name: str, raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number; it is {raw[:40]!r}.") from None


def _flag(name: str, raw: str) -> bool:
    if raw.lower() in ("1", "true", "yes", "on"):
        return True
    if raw.lower() in ("", "0", "false", "no", "off"):
        return False
    raise BadSetting(f"{name} must be 1 or 0; it is {raw[:40]!r}.")


def _text(name: str, raw: str) -> str:
    return raw


def _path(name: str, raw: str) -> Path:
    return Path(raw).absolute()


def _secret(name: str, raw: str) -> str:
    if len(raw) < 32:
        raise BadSetting(f"{name} must be at least 32 characters; make one with: openssl rand -hex 32.")
    return raw


def _setting(variable: str, default: Any, read: Callable[[str, str], Any]) -> Any:
    return field(default=default, metadata={"variable": variable, "read": read})


@dataclass(frozen=True)
class Settings:
    """All that the environment decides. Secrets are kept out of ``repr`` by ``__repr__``."""

    database_url: str = _setting("DATABASE_URL", "", _database)
    redis_url: str = _setting("REDIS_URL", "", _redis)
    state_dir: Path = _setting("PROOFROOM_STATE_DIR", Path("var"), _path)
    secret_key: str = _setting("PROOFROOM_SECRET_KEY", "", _secret)
    public_url: str = _setting("PROOFROOM_PUBLIC_URL", "http://localhost:8000", _public)
    bind: str = _setting("PROOFROOM_BIND", "127.0.0.1", _text)
    port: int = _setting("PROOFROOM_PORT", 8000, _integer)
    sandbox_socket: str = _setting("PROOFROOM_SANDBOX_SOCKET", "", _text)
    setup_token: str = _setting("PROOFROOM_SETUP_TOKEN", "", _text)
    development: bool = _setting("PROOFROOM_DEVELOPMENT", False, _flag)
    log_level: str = _setting("PROOFROOM_LOG_LEVEL", "INFO", _text)
    log_format: str = _setting("PROOFROOM_LOG_FORMAT", "json", _text)
    database_pool_size: int = _setting("PROOFROOM_DATABASE_POOL_SIZE", 20, _integer)
    trusted_proxies: int = _setting("PROOFROOM_TRUSTED_PROXIES", 0, _integer)
    smtp_url: str = _setting(
        "PROOFROOM_SMTP_URL", "", lambda n, r: _url(n, r, ("smtp", "smtps", "smtp+starttls"))
    )
    mail_from: str = _setting("PROOFROOM_MAIL_FROM", "", _text)
    openai_api_key: str = _setting("OPENAI_API_KEY", "", _text)
    openai_base_url: str = _setting("OPENAI_BASE_URL", "", _public)

    def __repr__(self) -> str:
        return f"Settings(public_url={self.public_url!r}, state_dir={str(self.state_dir)!r}, …)"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environ`` (the process's own by default). Raises BadSetting, naming the variable."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for item in fields(Settings):
        raw = environ.get(item.metadata["variable"], "")
        if raw != "":
            values[item.name] = item.metadata["read"](item.metadata["variable"], raw)
    settings = Settings(**values)
    for name in ("database_url", "redis_url", "secret_key"):
        if not getattr(settings, name):
            raise BadSetting(f"{_variable(name)} is not set. `make run` sets it; see docs/settings.md.")
    return settings


def _variable(name: str) -> str:
    return next(str(f.metadata["variable"]) for f in fields(Settings) if f.name == name)


def new_secret_key() -> str:
    """A fresh value for PROOFROOM_SECRET_KEY."""
    return secrets.token_hex(32)
