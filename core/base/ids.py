"""Identifiers: time-ordered UUIDs for URLs, random tokens for links, codes that people type."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import uuid

# No 0/O, 1/I/L, U: read aloud and typed without a second look. 30 letters give 4.9 bits each.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SHARE_CODE_LENGTH = 12  # 58.9 bits; at least 50 are asked for


def uuid7() -> uuid.UUID:
    """An RFC 9562 version 7 UUID: 48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_token() -> str:
    """A bearer secret for a link: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a bearer secret: SHA-256, hex. The secret has enough entropy to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_share_code() -> str:
    """A code such as PR-7K2M-QX4D-9WTA that can be shared with many people."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(SHARE_CODE_LENGTH))
    return "PR-" + "-".join(letters[i : i + 4] for i in range(0, SHARE_CODE_LENGTH, 4))


def normalise_share_code(typed: str) -> str:
    """The stored form of a code however it was typed: spaces, case and dashes do not matter."""
    letters = [c for c in typed.upper() if c.isalnum()]
    bare = "".join(letters).removeprefix("PR")[:SHARE_CODE_LENGTH]
    return "PR-" + "-".join(bare[i : i + 4] for i in range(0, len(bare), 4))


def new_digits(length: int = 6) -> str:
    """A code of digits for a mail, from the system's random source."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def new_resume_code() -> str:
    """A code that a candidate writes down to go on from another device: 39 bits, rate limited."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
