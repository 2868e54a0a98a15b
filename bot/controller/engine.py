"""What a reconciler needs of an engine: to be called with a key when it is due.

Which keys there are, the reconciler says.
Embedded (here) and distributed (later) engines keep the same promises:
a key is called in one place at a time, is called again when touched meanwhile, and is never lost.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

Callback = Callable[[str], datetime | None]
"""Brings what a key names to where it should be; says when to come back, or None.

It raises `TransientError` to be called again soon, and `PermanentError` to be left alone
until something touches the key. Any other exception is a fault of ours.
"""


class Engine(Protocol):
    """Queues keys, and calls back when they are due."""

    def enqueue(self, key: str, at: datetime | None = None) -> None:
        """Call back with this key at a time, or now."""

    def run(self, callback: Callback) -> None:
        """Start to call back, from threads of its own, and return."""
