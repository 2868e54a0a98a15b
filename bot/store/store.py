"""The store as the rest of the program sees it: queue, memory and lock over one database."""

from datetime import timedelta

from bot.store.memory import Memory
from bot.store.queue import Queue
from bot.store.writer import Writer

KEEP_DELIVERIES = timedelta(days=3)
"""How long a delivery is known again; GitLab resends by hand only, and seldom late."""

KEEP_AUDITS = timedelta(days=365)
"""How long the local audit is kept; what launches are is in GitLab."""


class Store(Queue, Memory, Writer):
    """Everything that the bot remembers locally, all of which may be lost.

    Every method is one transaction and raises `StoreError` where the database cannot be used.
    Open it with `Store.open(url)`.
    """
