"""Keeps deliveries together: what arrives while one transaction is written goes into the next.

A durable commit waits for the disk, and costs as much for one delivery as for a hundred.
It must not answer before the transaction that holds the delivery is over.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

Delivery = tuple[str | None, Sequence[str]]
"""The id of a delivery, if it has one, and the keys of what it changed."""

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
        self._waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None
        # One transaction at a time needs one thread, which waits for the disk in our place.
        self._thread = ThreadPoolExecutor(1, "deliveries")

    def accept(self, delivery: Delivery) -> asyncio.Future[bool]:
        """Store a delivery durably; whether it was new, or what `accept_all` raised."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((delivery, stored))
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return stored

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._store(batch)
        finally:
            self._writing = None

    async def _gather(self) -> None:
        """Wait while more arrives: not at all where one comes alone, and for all of a burst.

        A turn of the loop reads what has come; the first may only send the answers before that.
        """
        seen, quiet = len(self._waiting), 0
        while quiet < _QUIET and len(self._waiting) < MOST:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == seen else 0
            seen = len(self._waiting)

    async def _store(self, batch: Sequence[tuple[Delivery, asyncio.Future[bool]]]) -> None:
        waiting = [stored for _, stored in batch]
        try:
            deliveries = [delivery for delivery, _ in batch]
            loop = asyncio.get_running_loop()
            answers = await loop.run_in_executor(self._thread, self._accept_all, deliveries)
        except BaseException as problem:
            # Whatever it is, each has to hear of it: nobody else would ever tell them.
            for stored in filter(_is_awaited, waiting):
                stored.set_exception(problem)
            if not isinstance(problem, Exception):
                raise
        else:
            for stored, is_new in zip(waiting, answers, strict=True):
                if _is_awaited(stored):
                    stored.set_result(is_new)


def _is_awaited(stored: asyncio.Future[bool]) -> bool:
    """Whoever hung up meanwhile does not wait any more."""
    return not stored.done()
