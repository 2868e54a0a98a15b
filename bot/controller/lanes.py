"""Lanes: what may not be worked on by two threads at once, nor while a write may still commit.

The queue keeps a key to one worker, but several keys can name one launch, and a touch brings a
key back before its pause is over. This is where a launch is one thing.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

from bot.domain.errors import TransientError


class Lanes:
    """Named lanes, each for one thread at a time."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._locks: dict[str, threading.Lock] = {}
        self._rest_until: dict[str, datetime] = {}

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
                self._rest(names, problem.retry_after or 0.0)
                raise

    def _need_no_rest(self, names: Iterable[str]) -> None:
        rest = max(self._rest_until.get(name, self._clock()) for name in names) - self._clock()
        if rest > timedelta():
            raise TransientError("it is left alone after what happened", rest.total_seconds())

    def _rest(self, names: Iterable[str], seconds: float) -> None:
        for name in names:
            self._rest_until[name] = self._clock() + timedelta(seconds=seconds)
