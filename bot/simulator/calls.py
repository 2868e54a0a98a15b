"""Counts what API callers do, so that a test can say how much a client reads and writes."""

from collections import deque

_KEPT = 10_000


class Calls:
    """`reads` (GET, HEAD), `writes` (all else), and the last calls as (method, path, user, status).

    A call that never got an answer has the status 0 in the log.
    """

    def __init__(self) -> None:
        self.reads = 0
        self.writes = 0
        self.log: deque[tuple[str, str, str | None, int]] = deque(maxlen=_KEPT)

    def add(self, method: str, path: str, user: str | None, status: int) -> None:
        """Record one call."""
        if method in {"GET", "HEAD"}:
            self.reads += 1
        else:
            self.writes += 1
        self.log.append((method, path, user, status))

    def clear(self) -> None:
        """Start counting anew."""
        self.reads = self.writes = 0
        self.log.clear()
