"""The installation's lock, as the process that works under it sees it.

Only the one writer may work on keys; the lock runs out unless it is renewed.
It must not know what is done under it, only how many are at it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from bot.controller import holder
from bot.store.store import Store

LEASE = timedelta(seconds=15)
"""For how long the lock is ours without being renewed."""

_log = structlog.get_logger(__name__)


class Lease:
    """The lock of the one writer, under the name `me`. Safe in any thread."""

    def __init__(self, store: Store, clock: Callable[[], datetime], me: str) -> None:
        self._store = store
        self._clock = clock
        self._me = me
        self._until: datetime | None = None
        self._users = 0
        self._counting = threading.Lock()

    def held(self) -> bool:
        """Whether it is ours, as far as is known without looking."""
        until = self._until
        return until is not None and self._clock() < until

    @contextmanager
    def used(self) -> Iterator[bool]:
        """Work under the lock; says whether it is held, and is counted if so."""
        with self._counting:
            held = self.held()
            self._users += held
        try:
            yield held
        finally:
            with self._counting:
                self._users -= held

    def renew(self) -> bool:
        """Take the lock, or keep it; False if somebody else has it.

        Taken anew, what its last holder had claimed becomes free. That waits until nobody here
        works on a claim any more: the last holder may have been this very process.
        """
        anew = not self.held()
        with self._counting:
            if anew:
                self._until = None
            if anew and self._users:
                return False
        if not self._acquired():
            self._lost(anew)
            return False
        if anew:
            self._store.release_all()
            _log.info("lease.taken", holder=self._me)
        self._until = self._clock() + LEASE
        return True

    def give_back(self) -> None:
        """Let another process have it at once."""
        self._until = None
        self._store.release(self._me)

    def other(self) -> str:
        """Who has it, for people."""
        return self._store.holder(self._clock()) or "nobody"

    def _acquired(self) -> bool:
        """Whether we have it now; that of a process which has ended is taken over."""
        now = self._clock()
        if self._store.acquire(self._me, now, LEASE):
            return True
        other = self._store.holder(now)
        if other is None or not holder.is_gone(other):
            return False
        self._store.release(other)
        return self._store.acquire(self._me, now, LEASE)

    def _lost(self, anew: bool) -> None:
        self._until = None
        if not anew:
            _log.error("lease.lost", holder=self.other())
