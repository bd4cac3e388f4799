"""Encrypts the few secrets that must be stored (mail password, model key) with the deployment's secret key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from core.base.errors import N_, Unavailable


def _fernet(secret_key: str) -> Fernet:
    derived = hashlib.scrypt(
        secret_key.encode(), salt=b"proofroom stored secrets", n=2**12, r=8, p=1, dklen=32
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(secret_key: str, text: str) -> str:
    """Encrypted and authenticated text."""
    return _fernet(secret_key).encrypt(text.encode()).decode()


def unseal(secret_key: str, sealed: str) -> str:
    """The text again. Raises Unavailable when PROOFROOM_SECRET_KEY is not the one it was sealed with."""
    try:
        return _fernet(secret_key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unavailable(
            "PROOFROOM_SECRET_KEY",
            N_(
                "A stored secret was sealed with another PROOFROOM_SECRET_KEY. Restore that key or enter the secret again."
            ),
        ) from None
