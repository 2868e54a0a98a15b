"""Deliveries on their way out, and what GitLab does when a receiver keeps failing.

Sends nothing itself: a test takes deliveries, or the server's thread does.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.simulator.clock import Clock
from bot.simulator.model_hooks import Hook, HookEvent

_FAILURES_ALLOWED = 3
_FAILURES_FOR_GOOD = 40
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(days=1)
_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """One webhook request; `id` is the `webhook-id`, which a resend keeps."""

    id: str
    hook_id: int
    url: str
    headers: dict[str, str]
    body: bytes
    event: HookEvent | None = field(default=None, repr=False)


class Outbox:
    """Deliveries in the order GitLab made them; `paused` holds them back from the sender thread."""

    def __init__(self, clock: Clock) -> None:
        self.pending: list[Delivery] = []
        self.paused = False
        self._clock = clock
        self._news = threading.Condition()

    def add(self, delivery: Delivery, *, first: bool = False) -> None:
        """Queue a delivery, last or before all others."""
        with self._news:
            self.pending.insert(0 if first else len(self.pending), delivery)
            self._news.notify_all()

    def take(self, n: int | None = None) -> list[Delivery]:
        """Remove and return the first `n` deliveries, or all."""
        with self._news:
            taken, self.pending[:] = self.pending[:n], [] if n is None else self.pending[n:]
        return taken

    def wait(self, seconds: float) -> None:
        """Sleep until there is something to send, at most so long."""
        with self._news:
            self._news.wait_for(lambda: bool(self.pending) and not self.paused, timeout=seconds)

    def wake(self) -> None:
        """Wake those who wait, to look again."""
        with self._news:
            self._news.notify_all()

    def report(self, delivery: Delivery, status: int | None) -> None:
        """Record the receiver's status code; None is a timeout or a broken connection."""
        event = delivery.event
        if event is None:
            return
        event.status = "internal error" if status is None else str(status)
        note_response(event.hook, status, self._clock.now())

    def flush(self, send: Callable[[Delivery], int]) -> int:
        """Send everything, also what sending causes; returns how many were sent."""
        sent = 0
        while batch := self.take():
            for delivery in batch:
                self.report(delivery, send(delivery))
            sent += len(batch)
        return sent


def note_response(hook: Hook, status: int | None, now: datetime) -> None:
    """Count failures: 4 in a row pause the hook for a doubling time, 40 switch it off.

    https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks
    """
    if status is not None and status < _ERROR_STATUS:
        hook.failures, hook.disabled, hook.disabled_until = 0, False, None
        return
    hook.failures += 1
    hook.disabled = hook.failures >= _FAILURES_FOR_GOOD
    doublings = hook.failures - _FAILURES_ALLOWED - 1
    if doublings >= 0:
        hook.disabled_until = now + min(_FIRST_PAUSE * 2 ** min(doublings, 20), _LONGEST_PAUSE)


def alert_status(hook: Hook, now: datetime) -> str:
    """The hook's health: `executable`, `temporarily_disabled` or `disabled`."""
    if hook.disabled:
        return "disabled"
    if hook.disabled_until and hook.disabled_until > now:
        return "temporarily_disabled"
    return "executable"
