"""Times in seconds."""

MAX_ATTEMPTS = 4
FIRST_BACKOFF = 30
LOOKUP_AFTER = 120
LOOKUP_AGAIN = 30


def backoff(attempts: int) -> int:
    """How long to wait after this many attempts: 30, 60, 120."""
    return FIRST_BACKOFF * 2 ** (attempts - 1)
