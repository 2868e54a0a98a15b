"""Lanes: what may not be worked on by two threads at once, nor while a write may still commit.

The queue keeps a key to one worker, but several keys can name one launch, and a touch brings a
key back before its pause is over. This is where a launch is one thing.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from bot.controller import backoff
from bot.domain.errors import TransientError
from bot.gitlab.client import LOST_WRITE_PAUSE


class Rests(Protocol):
    """What is left alone for now; it outlives the process, because a late write does, too."""

    def rest(self, lane: str, until: datetime) -> None:
        """Leave something alone until a time."""
        ...

    def rests_until(self, lane: str) -> datetime | None:
        """Until when something is left alone."""
        ...


class Lanes:
    """Named lanes, each for one thread at a time."""

    def __init__(self, clock: Callable[[], datetime], rests: Rests) -> None:
        self._clock = clock
        self._locks: dict[str, threading.Lock] = {}
        self._rests = rests

    @contextmanager
    def entered(self, *names: str) -> Iterator[None]:
        """Alone in all these lanes; wait for whoever is there.

        Raises:
            TransientError: One of them rests, because of how it was left before.
        """
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(self._locks.setdefault(name, threading.Lock()))
            self._need_no_rest(names)
            try:
                yield
            except TransientError as problem:
                if problem.retry_after:
                    self._rest(names, problem.retry_after)
                raise

    def leave(self) -> None:
        """The process ends in the middle of work: what it has sent may still be done without it."""
        at_work = [name for name, lock in [*self._locks.items()] if lock.locked()]
        self._rest(at_work, LOST_WRITE_PAUSE)

    def _need_no_rest(self, names: Iterable[str]) -> None:
        ends = (end for name in names if (end := self._rests.rests_until(name)))
        rest = max(ends, default=self._clock()) - self._clock()
        # A clock that was ahead may have put it off for hours.
        if timedelta() < rest <= backoff.LONGEST_ASKED:
            raise TransientError("it is left alone after what happened", rest.total_seconds())

    def _rest(self, names: Iterable[str], seconds: float) -> None:
        pause = min(timedelta(seconds=seconds), backoff.LONGEST_ASKED)
        for name in names:
            self._rests.rest(name, self._clock() + pause)
