"""Keeps the calls of GitLab below what it allows, so that it need not refuse them.

Whoever would take up work asks first how long to wait: the queue waits, and no call is broken off.
It must not know what the calls are for.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

PER_MINUTE = 1500
AT_ONCE = 400
"""GitLab.com allows 2,000 a minute to a user
(https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom)."""


class Pace:
    """So many calls at once, and then so many a minute; safe in any thread.

    `seconds` is a clock that only goes forward.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._left = float(AT_ONCE)
        self._at = seconds()
        self._counting = threading.Lock()

    def count(self) -> None:
        """A call was made."""
        with self._counting:
            self._refill()
            self._left -= 1

    def wait(self) -> timedelta:
        """How long to leave GitLab alone; zero: not at all."""
        with self._counting:
            self._refill()
            return timedelta(minutes=max(0.0, -self._left) / PER_MINUTE)

    def _refill(self) -> None:
        now = self._seconds()
        self._left = min(AT_ONCE, self._left + (now - self._at) * PER_MINUTE / 60)
        self._at = now
