"""Keeps deliveries together: what arrives while one transaction is written goes into the next.

A durable commit waits for the disk, and costs as much for one delivery as for a hundred.
It must not answer before the transaction that holds the delivery is over.
"""

import asyncio
import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

Delivery = tuple[str | None, Sequence[str]]
"""The id of a delivery, if it has one, and the keys of what it changed."""

_Waiting = tuple[Delivery, asyncio.Future[bool]]
"""A delivery, and who is to hear what came of it."""

AcceptAll = Callable[[Sequence[Delivery]], Sequence[bool]]
"""Stores deliveries durably, all or none, and says of each whether it was new."""

MOST = 500
"""So many go into one transaction; the others wait for the next."""

_QUIET = 2
"""After so many turns of the event loop in which nothing arrived, nothing more is waited for."""


class Batches:
    """Deliveries that wait to be stored. For one event loop at a time."""

    def __init__(self, accept_all: AcceptAll) -> None:
        self._accept_all = accept_all
        self._waiting: list[_Waiting] = []
        self._busy: asyncio.AbstractEventLoop | None = None
        # One transaction at a time needs one thread, which waits for the disk in our place.
        self._thread = ThreadPoolExecutor(1, "deliveries")

    def accept(self, delivery: Delivery) -> asyncio.Future[bool]:
        """Store a delivery durably; whether it was new, or what `accept_all` raised."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((delivery, stored))
        if self._busy is not loop:
            self._busy = loop
            loop.call_soon(self._gather, loop, len(self._waiting), 0)
        return stored

    def _gather(self, loop: asyncio.AbstractEventLoop, seen: int, quiet: int) -> None:
        """Wait while more arrives: not at all where one comes alone, and for all of a burst.

        A turn of the loop reads what has come; the first may only send the answers before that.
        """
        quiet = quiet + 1 if len(self._waiting) == seen else 0
        if quiet < _QUIET and len(self._waiting) < MOST:
            loop.call_soon(self._gather, loop, len(self._waiting), quiet)
            return
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        self._thread.submit(self._store, loop, batch)

    def _store(self, loop: asyncio.AbstractEventLoop, batch: Sequence[_Waiting]) -> None:
        """Store a batch, in the thread; whatever comes of it, each has to hear of it."""
        try:
            answers = self._accept_all([delivery for delivery, _ in batch])
        except BaseException as problem:  # noqa: BLE001 -- nobody else would ever tell them
            tell = functools.partial(_fail, batch, problem)
        else:
            tell = functools.partial(_answer, batch, answers)
        loop.call_soon_threadsafe(self._go_on, loop, tell)

    def _go_on(self, loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
        """Go on with what has arrived meanwhile, and tell what came of a batch."""
        if self._waiting:
            self._gather(loop, 0, 0)
        else:
            self._busy = None
        tell()


def _answer(batch: Sequence[_Waiting], answers: Sequence[bool]) -> None:
    for (_, stored), is_new in zip(batch, answers, strict=True):
        if _is_awaited(stored):
            stored.set_result(is_new)


def _fail(batch: Sequence[_Waiting], problem: BaseException) -> None:
    for _, stored in batch:
        if _is_awaited(stored):
            stored.set_exception(problem)


def _is_awaited(stored: asyncio.Future[bool]) -> bool:
    """Whoever hung up meanwhile does not wait any more."""
    return not stored.done()
