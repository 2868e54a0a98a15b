"""Keeps deliveries together: what arrives while one transaction is written goes into the next.

A durable commit waits for the disk, and costs as much for one delivery as for a hundred.
It must not answer before the transaction that holds the delivery is over.
"""

import asyncio
from collections.abc import Callable, Sequence

import anyio.to_thread

Delivery = tuple[str | None, Sequence[str]]
"""The id of a delivery, if it has one, and the keys of what it changed."""

AcceptAll = Callable[[Sequence[Delivery]], Sequence[bool]]
"""Stores deliveries durably, all or none, and says of each whether it was new."""

MOST = 500
"""So many go into one transaction; the others wait for the next."""


class Batches:
    """Deliveries that wait to be stored. For one event loop at a time."""

    def __init__(self, accept_all: AcceptAll) -> None:
        self._accept_all = accept_all
        self._waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, delivery: Delivery) -> bool:
        """Store a delivery durably; whether it was new. Raises what `accept_all` raises."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, stored))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await stored

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._store(batch)
        finally:
            self._writing = None

    async def _store(self, batch: Sequence[tuple[Delivery, asyncio.Future[bool]]]) -> None:
        waiting = [stored for _, stored in batch]
        try:
            deliveries = [delivery for delivery, _ in batch]
            answers = await anyio.to_thread.run_sync(self._accept_all, deliveries)
        except Exception as problem:  # noqa: BLE001 -- whatever it is, each has to hear of it
            for stored in filter(_is_awaited, waiting):
                stored.set_exception(problem)
        else:
            for stored, is_new in zip(waiting, answers, strict=True):
                if _is_awaited(stored):
                    stored.set_result(is_new)


def _is_awaited(stored: asyncio.Future[bool]) -> bool:
    """Whoever hung up meanwhile does not wait any more."""
    return not stored.done()
