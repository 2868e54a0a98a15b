"""The engine that lives in one process: threads over the store's queue.

A key is worked on in one thread at a time, different keys in parallel, and only while this
process holds the installation's lock.
It must not know what a key means.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.controller import holder
from bot.controller.engine import Callback
from bot.controller.lease import LEASE, Lease
from bot.controller.work import Outcome, Work, write_down
from bot.domain.errors import UserError
from bot.store.database import StoreError
from bot.store.queue import Claim
from bot.store.store import KEEP_AUDITS, KEEP_DELIVERIES, Store

_LOOK = timedelta(seconds=1)
"""How often to look for what another process put into the queue: it cannot wake us."""

_AT_ONCE = timedelta(milliseconds=10)
_TIDY = timedelta(hours=1)

_log = structlog.get_logger(__name__)


class EmbeddedEngine:
    """Calls back with the keys that are due in a store.

    `draw` gives random numbers in [0, 1); `report` hears of each outcome: `done`, `transient`,
    `permanent` or `fault`; `me` is the name under which the lock is held; `pace` says how long to
    wait before more work is taken up.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        draw: Callable[[], float],
        workers: int = 2,
        report: Callable[[str], None] = lambda _outcome: None,
        me: str | None = None,
        pace: Callable[[], timedelta] = timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._work = Work(clock, draw)
        self._workers = workers
        self._report = report
        self._pace = pace
        self._lease = Lease(store, clock, me or holder.name())
        self._tidied: datetime | None = None
        self._standing: Sequence[str] = ()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._touched = threading.Condition()
        self._touches = 0

    def accept_all(self, heard: Sequence[tuple[str | None, Sequence[str]]]) -> list[bool]:
        """Queue what deliveries changed, and wake up; of each, False if it was heard before.

        When it returns, the keys survive a power cut.

        Raises:
            StoreError: Nothing was kept.
        """
        new = self._store.accept_all(heard, self._clock())
        if any(new):
            self._wake(sum(new))
        return new

    def enqueue(self, key: str, at: datetime | None = None) -> None:
        """Call back with this key at a time, or now."""
        now = self._clock()
        self._store.enqueue(key, now if at is None else at, now)
        self._wake(1)

    def run(self, callback: Callback, standing: Sequence[str] = ()) -> None:
        """Take the lock, free what a killed process had claimed, and start to call back.

        `standing` are keys that are always to come back: queued now and once an hour, because
        the queue may be lost, and with it when they were to.
        Returns at once. While somebody else has the lock, the workers wait for it.
        """
        self._standing = standing
        self.beat()
        self._start("heartbeat", self._beat_on)
        for number in range(1, self._workers + 1):
            self._start(f"worker-{number}", lambda: self._serve(callback))

    def stop(self, seconds: float = 10.0) -> bool:
        """Finish the keys in work and give the lock back; False if that took too long.

        What is then still in work is freed when the next process starts.
        """
        self._stopping.set()
        self._wake(self._workers)
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            _log.warning("engine.stopped_in_work")
            return False
        self._lease.give_back()
        return True

    def drain(self, callback: Callback) -> int:
        """Work on all that is due, in this thread and not beside `run`; how many calls that took.

        Raises:
            UserError: Another process is the writer.
            StoreError: The database cannot be used.
        """
        calls = 0
        self._need_the_lock()
        try:
            while (claim := self._store.claim(self._clock())) is not None:
                self._settle(claim, self._work.on(claim, callback))
                calls += 1
                self._need_the_lock()
        finally:
            self._lease.give_back()
        return calls

    def problem(self) -> str | None:
        """What keeps it from working, for the readiness check; None: nothing."""
        if not self._threads or not all(thread.is_alive() for thread in self._threads):
            return "the workers do not run"
        if not self._lease.held():
            return f"another process is the writer: {self._lease.other()}"
        return None

    def beat(self) -> bool:
        """Take or renew the lock, and say whether we have it; once an hour, tidy up."""
        if not self._lease.renew():
            return False
        now = self._clock()
        if self._tidied is None or now >= self._tidied + _TIDY:
            self._store.prune(now - KEEP_DELIVERIES, now - KEEP_AUDITS)
            for key in self._standing:
                self.enqueue(key)
            self._tidied = now
        return True

    def _need_the_lock(self) -> None:
        if not self.beat():
            raise UserError(
                f"Another Launchbot is at work on this database: {self._lease.other()}. "
                "It does what is in the queue; or stop it first."
            )

    def _start(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _beat_on(self) -> None:
        """A database that fails does not end the heart; the lock may run out meanwhile."""
        while not self._stopping.wait((LEASE / 3).total_seconds()):
            try:
                self.beat()
            except Exception:  # noqa: BLE001 -- the thread outlives whatever it is
                _log.exception("engine.heartbeat_failed")

    def _serve(self, callback: Callback) -> None:
        """A database that fails does not end the worker: it looks again."""
        while not self._stopping.is_set():
            if self._stopping.wait(self._pace().total_seconds()):
                return
            seen = self._touches
            try:
                wait = None if self._worked(callback) else self._until_next()
            except Exception:  # noqa: BLE001 -- the thread outlives whatever it is
                _log.exception("engine.queue_failed")
                wait = _LOOK
            if wait is not None:
                self._wait(seen, wait)

    def _worked(self, callback: Callback) -> bool:
        with self._lease.used() as held:
            claim = self._store.claim(self._clock()) if held else None
            if claim is not None:
                self._settle_in_the_end(claim, self._work.on(claim, callback))
        return claim is not None

    def _settle(self, claim: Claim, outcome: Outcome) -> None:
        write_down(self._store, claim, outcome, self._clock())
        self._report(outcome.name)

    def _settle_in_the_end(self, claim: Claim, outcome: Outcome) -> None:
        """A claim that was not settled would hold its key until the next start."""
        while not self._stopping.is_set():
            try:
                return self._settle(claim, outcome)
            except StoreError as error:
                _log.error("engine.not_settled", key=claim.key, error=str(error))
                self._stopping.wait(_LOOK.total_seconds())
        return self._settle(claim, outcome)

    def _until_next(self) -> timedelta:
        due = self._store.next_due() if self._lease.held() else None
        if due is None:
            return _LOOK
        return min(max(due - self._clock(), _AT_ONCE), _LOOK)

    def _wake(self, workers: int) -> None:
        """So many are needed; one that finds nothing to do would only be in the way."""
        with self._touched:
            self._touches += 1
            self._touched.notify(workers)

    def _wait(self, seen: int, wait: timedelta) -> None:
        """Wait, unless something was touched since `seen`."""
        with self._touched:
            self._touched.wait_for(lambda: self._touches != seen, wait.total_seconds())
