"""Rate limits, counted in Redis over a moving window.

A limit that cannot be counted because Redis is away lets the deed through and logs it: people in the middle of an
assessment come before the counter.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from core.base.errors import TooMany
from core.base.log import get_log

log = get_log(__name__)


@dataclass(frozen=True)
class Limit:
    """At most ``count`` deeds in ``seconds`` for one key."""

    name: str
    count: int
    seconds: int


SIGN_IN_PER_ACCOUNT = Limit("sign_in_account", 10, 900)
SIGN_IN_PER_ADDRESS = Limit("sign_in_address", 100, 900)
# Coming in takes a person about eight requests, and a whole campus may start at once behind one address. Codes have 58
# random bits and links 256, so the room that this leaves to guesses is none.
SHARE_CODE_PER_ADDRESS = Limit("share_code_address", 6000, 600)
SHARE_CODE_PER_CODE = Limit("share_code", 12_000, 600)
LINK_PER_ADDRESS = Limit("link_address", 6000, 600)
# Whoever has a shared code can have mails sent to any address: one each for a full lecture hall, not for a list of victims.
START_MAILS_PER_ADDRESS = Limit("start_mails_address", 500, 600)
MAIL_CODE_PER_PERSON = Limit("mail_code", 5, 900)
MAIL_CODE_TRIES = Limit("mail_code_tries", 10, 900)
RESUME_CODE_TRIES = Limit("resume_code_tries", 10, 900)
RUNS_PER_ATTEMPT = Limit("runs", 30, 60)
ANSWERS_PER_ATTEMPT = Limit("answers", 300, 60)
SERVICE_TESTS_PER_PERSON = Limit("service_tests", 20, 600)
COLLEAGUE_INVITATIONS_PER_PERSON = Limit("colleague_invitations", 60, 3600)
PASSWORD_CHANGES_PER_PERSON = Limit("password_changes", 10, 900)
SET_UP_TOKEN_TRIES = Limit("set_up", 20, 600)
UPLOADS_PER_PERSON = Limit("uploads", 60, 600)
INVITATIONS_PER_PERSON = Limit("invitations", 60, 3600)
SOCKET_EVENTS_PER_CLIENT = Limit("socket_events", 600, 10)


class Limiter:
    """Counts hits. ``url`` is a Redis address, or "memory://" in tests."""

    def __init__(self, url: str) -> None:
        storage = MemoryStorage() if url == "memory://" else RedisStorage(_for_limits(url))
        self.strategy = MovingWindowRateLimiter(storage)

    def hit(self, limit: Limit, key: str) -> None:
        """Count one deed; raises TooMany with the seconds to wait when the limit is reached."""
        item = RateLimitItemPerSecond(limit.count, limit.seconds, namespace=limit.name)
        try:
            if self.strategy.hit(item, key):
                return
            reset_at = self.strategy.get_window_stats(item, key).reset_time
        except RedisError as error:
            log.warning("limit.not_counted", limit=limit.name, reason=type(error).__name__)
            return
        raise TooMany(max(1, int(reset_at - time.time()) + 1))


def _for_limits(url: str) -> str:
    """``limits`` names socket addresses redis+unix."""
    return "redis+" + url if url.startswith("unix:") else url
