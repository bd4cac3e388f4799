"""argon2id hashes, computed off the event loop (decision 18)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.base.offload import off_loop

# OWASP's smaller profile: 19 MiB a hash, so that a burst of sign-ins fits a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Checked when there is no account, so that an unknown address takes as long as a wrong password.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$/ELJ+BzKS7kugDYfeGWnEw$CGWqe9SEdaopN/Kg9tSgAhUJe4wcQ/XugTD3M05KLu4"


def hash_password(password: str) -> str:
    """A salted argon2id hash."""
    return off_loop(_HASHER.hash, password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` made ``stored``; None stands for an account that does not exist."""
    return off_loop(_verify, stored or _NOBODY, password) and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
