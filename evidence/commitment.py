"""Commitments: a header names a salted hash of its payload, so the payload can be erased and every proof still holds."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any

from .canonical import canonical

SALT_BYTES = 16
MAX_PAYLOAD = 16 * 1024


def new_salt() -> bytes:
    """Random, one an event: without it, a short payload could be guessed from its hash after its erasure."""
    return os.urandom(SALT_BYTES)


def commitment(salt: bytes, payload: dict[str, Any]) -> str:
    """SHA-256(salt ‖ canonical payload), hex. Raises ValueError for a salt of another length, or NotCanonical."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(salt + canonical(payload, max_bytes=MAX_PAYLOAD)).hexdigest()


def opens(expected: str, salt: bytes, payload: dict[str, Any]) -> bool:
    """Whether salt and payload are those that were committed to."""
    try:
        return hmac.compare_digest(commitment(salt, payload), expected)
    except (ValueError, TypeError):
        return False
