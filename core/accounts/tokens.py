"""Access tokens (JWT, ten minutes) and refresh tokens (rotating, single use with a short grace)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import uuid
from dataclasses import dataclass

import jwt

from core.accounts.rules import ACCESS_SECONDS
from core.base.ids import new_token

ALGORITHM = "HS256"
AUDIENCE = "proofroom.access"


@dataclass(frozen=True)
class Access:
    """What an access token says: which session of which person."""

    session_id: uuid.UUID
    person_id: int


def derived_key(secret_key: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that one token can never pass for another."""
    return hmac.new(secret_key.encode(), b"proofroom:" + purpose.encode(), hashlib.sha256).digest()


def new_access_token(secret_key: str, access: Access, now: dt.datetime) -> str:
    """A signed token that is good for ACCESS_SECONDS."""
    claims = {
        "aud": AUDIENCE,
        "sid": str(access.session_id),
        "sub": str(access.person_id),
        "iat": now,
        "exp": now + dt.timedelta(seconds=ACCESS_SECONDS),
    }
    return jwt.encode(claims, derived_key(secret_key, "access"), algorithm=ALGORITHM)


def read_access_token(secret_key: str, token: str, now: dt.datetime) -> Access | None:
    """What a token says, or None when it is not ours, damaged or over."""
    try:
        claims = jwt.decode(
            token,
            derived_key(secret_key, "access"),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["exp", "sid", "sub"], "verify_exp": False, "verify_iat": False},
        )
        if dt.datetime.fromtimestamp(int(claims["exp"]), dt.UTC) <= now:
            return None
        return Access(uuid.UUID(claims["sid"]), int(claims["sub"]))
    except (jwt.InvalidTokenError, ValueError, OverflowError, OSError):
        return None


def first_refresh_token() -> str:
    """256 random bits."""
    return new_token()


def next_refresh_token(secret_key: str, token: str) -> str:
    """The token that follows ``token``. Only this deployment can compute it.

    Derived instead of drawn, so that a tab which presents the previous token within the grace gets the very same
    successor as the tab before it: whichever answer the browser keeps, it keeps the current token.
    """
    digest = hmac.new(derived_key(secret_key, "refresh"), token.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
