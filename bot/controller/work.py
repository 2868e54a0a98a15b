"""One key, from its claim to what comes after: done, again at a time, or not before a change.

No threads and no store: what happened is a value, and whoever called writes it down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.controller import backoff
from bot.controller.engine import Callback
from bot.domain.errors import PermanentError, TransientError
from bot.store.queue import Claim
from bot.store.store import Store

FAULTS = 10
"""After so many faults of ours in a row a key is left alone until something touches it."""

_SOONEST = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """It went well; `again_at` is when to come back, if at all."""

    again_at: datetime | None
    name: str = "done"


@dataclass(frozen=True, slots=True)
class Failed:
    """It went wrong; `retry_at` is when to try again, None: not before something changes."""

    name: str
    error: str
    retry_at: datetime | None
    fault: bool = False


Outcome = Done | Failed


@dataclass(frozen=True, slots=True)
class Work:
    """Calls back with a key and says what came of it.

    `draw` gives random numbers in [0, 1), so that failures do not come back all at once.
    """

    clock: Callable[[], datetime]
    draw: Callable[[], float]

    def on(self, claim: Claim, callback: Callback) -> Outcome:
        """Call back with a claimed key. Whatever the callback raises is an outcome."""
        log = _log.bind(key=claim.key, attempt=claim.attempts + 1)
        with structlog.contextvars.bound_contextvars(key=claim.key):
            try:
                return self._done(callback(claim.key))
            except TransientError as error:
                log.warning("work.postponed", error=str(error))
                return self._postponed(claim, error)
            except PermanentError as error:
                log.error("work.given_up", error=str(error))  # noqa: TRY400 -- known, not a fault
                return Failed("permanent", _told(error), None)
            except Exception as error:
                log.exception("work.fault", faults=claim.faults + 1)
                return self._at_fault(claim, error)

    def _done(self, again_at: datetime | None) -> Done:
        """Who always wants to come back at once does not keep others waiting."""
        if again_at is None:
            return Done(None)
        return Done(max(again_at, self.clock() + _SOONEST))

    def _postponed(self, claim: Claim, error: TransientError) -> Failed:
        if error.retry_after is None:
            wait = backoff.pause(claim.attempts, self.draw())
        else:
            wait = backoff.pause_as_asked(error.retry_after, self.draw())
        return Failed("transient", _told(error), self.clock() + wait)

    def _at_fault(self, claim: Claim, error: Exception) -> Failed:
        """The text of an unknown error may hold anything, so that only its name is kept."""
        last = claim.faults + 1 >= FAULTS
        retry_at = None if last else self.clock() + backoff.pause(claim.faults, self.draw())
        return Failed("fault", type(error).__name__, retry_at, fault=True)


def write_down(store: Store, claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Put the outcome into the queue.

    Raises:
        StoreError: The database cannot be written; the claim still holds.
    """
    match outcome:
        case Done(again_at=again_at):
            store.finish(claim, now, again_at)
        case Failed(error=error, retry_at=retry_at, fault=fault):
            store.fail(claim, error, retry_at, fault=fault)
        case _:
            assert_never(outcome)


def _told(error: Exception) -> str:
    return str(error)[:500]
