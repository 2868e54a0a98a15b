"""The queue against a model of it: whatever the order of calls, no key is lost or doubled."""

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.store.queue import Claim
from bot.store.store import Store

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = st.sampled_from(["launch:a", "launch:b", "issue:1/2", "project:3", "resync"])
SECONDS = st.integers(0, 30).map(lambda seconds: timedelta(seconds=seconds))
MAYBE = st.none() | SECONDS


@dataclass
class Waiting:
    """Due at a time, or dead."""

    due: datetime | None
    attempts: int = 0


@dataclass
class Working:
    """Claimed by when it was due; `touched` is the earliest time asked for since."""

    claim: Claim
    due: datetime
    since: datetime
    attempts: int
    touched: datetime | None = None


@dataclass
class Model:
    """What the queue should hold."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    working: dict[str, Working] = field(default_factory=dict)

    def touch(self, key: str, due: datetime) -> None:
        """The earlier time wins; the dead live; who is in work runs once more."""
        if (work := self.working.get(key)) is not None:
            work.touched = due if work.touched is None else min(work.touched, due)
        elif (entry := self.waiting.get(key)) is None or entry.due is None:
            self.waiting[key] = Waiting(due)
        else:
            entry.due = min(entry.due, due)

    def first(self, now: datetime) -> str | None:
        """The key that has been due for longest."""
        due = [(e.due, key) for key, e in self.waiting.items() if e.due and e.due <= now]
        return min(due)[1] if due else None


class QueueMachine(RuleBasedStateMachine):
    """Random touches, claims, ends, crashes and jumps of time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'queue.db'}"
        self.store = Store.open(self.url)
        self.model = Model()
        self.now = START
        self.deliveries = 0
        self.stale: list[Claim] = []

    def teardown(self) -> None:
        """Leave no file behind."""
        self.store.close()
        self.folder.cleanup()

    @rule(passed=SECONDS)
    def time_passes(self, passed: timedelta) -> None:
        """The clock goes on."""
        self.now += passed

    @rule(key=KEYS, later=SECONDS)
    def enqueue(self, key: str, later: timedelta) -> None:
        """Somebody asks for a key, for now or for later."""
        self.store.enqueue(key, self.now + later, self.now)
        self.model.touch(key, self.now + later)

    @rule(keys=st.lists(KEYS, min_size=1), twice=st.booleans())
    def deliver(self, keys: list[str], twice: bool) -> None:
        """A delivery arrives, perhaps twice."""
        self.deliveries += 1
        assert self.store.accept(str(self.deliveries), keys, self.now)
        assert not (twice and self.store.accept(str(self.deliveries), keys, self.now))
        for key in keys:
            self.model.touch(key, self.now)

    @rule()
    def claim(self) -> None:
        """A worker takes the key that the model expects."""
        expected = self.model.first(self.now)
        claim = self.store.claim(self.now)
        assert (claim and claim.key) == expected
        if claim is not None:
            entry = self.model.waiting.pop(claim.key)
            assert entry.due is not None
            assert claim.attempts == entry.attempts
            self.model.working[claim.key] = Working(claim, entry.due, self.now, entry.attempts)

    @precondition(lambda self: self.model.working)
    @rule(data=st.data(), again=MAYBE)
    def finish(self, data: st.DataObject, again: timedelta | None) -> None:
        """A worker is done."""
        work = self._ended(data)
        self.store.finish(work.claim, self.now, self._at(again))
        self._wait(work, self._at(again), attempts=0)

    @precondition(lambda self: self.model.working)
    @rule(data=st.data(), retry=MAYBE)
    def fail(self, data: st.DataObject, retry: timedelta | None) -> None:
        """A worker has failed."""
        work = self._ended(data)
        self.store.fail(work.claim, "why", self._at(retry))
        self._wait(work, self._at(retry), attempts=work.attempts + 1)
        if retry is None and work.touched is None:
            self.model.waiting[work.claim.key] = Waiting(None, work.attempts + 1)

    @rule()
    def crash(self) -> None:
        """The process dies, and another takes over."""
        self.store.close()
        self.store = Store.open(self.url)
        self.store.release_all()
        for key, work in self.model.working.items():
            due = min(work.since, work.touched or work.due)
            self.model.waiting[key] = Waiting(due, work.attempts)
            self.stale.append(work.claim)
        self.model.working.clear()

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def a_dead_worker_comes_back(self, data: st.DataObject) -> None:
        """An old claim changes nothing."""
        claim = data.draw(st.sampled_from(self.stale))
        self.store.finish(claim, self.now, None)
        self.store.fail(claim, "late", None)

    def _ended(self, data: st.DataObject) -> Working:
        key = data.draw(st.sampled_from(sorted(self.model.working)))
        work = self.model.working.pop(key)
        self.stale.append(work.claim)
        return work

    def _at(self, later: timedelta | None) -> datetime | None:
        return None if later is None else self.now + later

    def _wait(self, work: Working, again_at: datetime | None, attempts: int) -> None:
        times = [time for time in (work.touched, again_at) if time is not None]
        if times:
            self.model.waiting[work.claim.key] = Waiting(min(times), attempts)

    @invariant()
    def the_store_agrees(self) -> None:
        """What waits, works and is dead is what the model says."""
        alive = {key: entry.due for key, entry in self.model.waiting.items() if entry.due}
        assert self.store.next_due() == min(alive.values(), default=None)
        assert self.store.depth() == len(alive) + len(self.model.working)
        dead = {key for key, entry in self.model.waiting.items() if entry.due is None}
        assert {entry.key for entry in self.store.dead()} == dead


TestQueue = QueueMachine.TestCase
