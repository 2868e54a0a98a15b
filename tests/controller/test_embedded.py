"""The embedded engine: keys become calls, failures come back, one process at a time."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.controller import holder
from bot.controller.embedded import EmbeddedEngine
from bot.controller.engine import Engine
from bot.controller.lease import LEASE
from bot.controller.work import FAULTS
from bot.domain.errors import PermanentError, TransientError, UserError
from bot.store.queue import Dead
from bot.store.store import Store

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
PATIENCE = 10.0


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time that was set."""
        return self.now


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Logs that nobody set up are written out at length, which takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "launchbot.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """A store in a new file."""
    opened = Store.open(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def engines(store: Store, clock: Clock) -> Iterator[Callable[..., EmbeddedEngine]]:
    """Makes engines, and stops them."""
    made: list[EmbeddedEngine] = []

    def make(me: str = "one", workers: int = 2) -> EmbeddedEngine:
        made.append(EmbeddedEngine(store, clock=clock, draw=lambda: 0.5, workers=workers, me=me))
        return made[-1]

    yield make
    for engine in made:
        engine.stop()


@pytest.fixture
def engine(engines: Callable[..., EmbeddedEngine]) -> EmbeddedEngine:
    """An engine that does not run yet."""
    return engines()


def nothing(_key: str) -> datetime | None:
    """Is content with what is."""
    return None


def failing(error: Exception) -> Callable[[str], None]:
    """Fails in one way, always."""

    def callback(_key: str) -> None:
        raise error

    return callback


def test_embedded_engine_is_an_engine(engine: EmbeddedEngine) -> None:
    """What the reconciler is written against."""

    def written_against(promised: Engine) -> Engine:
        return promised

    assert written_against(engine) is engine


# --- Draining: everything that is due, in this thread ---------------------------------------------


def test_drain_calls_back_with_each_key_once(engine: EmbeddedEngine) -> None:
    """A key that was touched many times is called once."""
    keys: list[str] = []
    assert engine.accept_all([("d1", ["launch:a", "launch:b"])]) == [True]
    assert engine.accept_all([("d2", ["launch:a"])]) == [True]
    assert engine.accept_all([("d2", ["launch:c"])]) == [False]
    engine.enqueue("resync")
    assert engine.drain(keys.append) == 3
    assert keys == ["launch:a", "launch:b", "resync"]
    assert engine.drain(keys.append) == 0


def test_drain_follows_what_the_callback_queues(engine: EmbeddedEngine) -> None:
    """A resync queues launches; they are worked on in the same go, later ones are not."""
    keys = []

    def callback(key: str) -> None:
        keys.append(key)
        if key == "resync":
            engine.enqueue("launch:a")
            engine.enqueue("launch:b", engine._clock() + HOUR)

    engine.enqueue("resync")
    engine.drain(callback)
    assert keys == ["resync", "launch:a"]


def test_key_comes_back_when_the_callback_says(engine: EmbeddedEngine, clock: Clock) -> None:
    """A deadline waits in the queue."""
    keys: list[str] = []
    engine.enqueue("launch:a")
    engine.drain(lambda _key: clock.now + HOUR)
    assert engine.drain(keys.append) == 0
    clock.now += HOUR
    assert engine.drain(keys.append) == 1


def test_key_that_always_comes_back_at_once_ends(engine: EmbeddedEngine, clock: Clock) -> None:
    """A callback that asks for now gets a second later, so that others have their turn."""
    engine.enqueue("launch:a")
    assert engine.drain(lambda _key: clock.now) == 1
    clock.now += SECOND
    assert engine.drain(nothing) == 1


def test_transient_failure_waits_longer_each_time(
    engine: EmbeddedEngine, clock: Clock, store: Store
) -> None:
    """GitLab is down: the key stays, and comes back at growing intervals without end."""
    waits = []
    engine.enqueue("launch:a")
    for _ in range(2 * FAULTS):
        assert engine.drain(failing(TransientError("no answer"))) == 1
        due = store.next_due()
        assert due is not None
        waits.append((due - clock.now).total_seconds())
        clock.now = due
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 150
    assert engine.drain(nothing) == 1, "no outage is too long"


def test_transient_failure_waits_as_gitlab_asks(
    engine: EmbeddedEngine, clock: Clock, store: Store
) -> None:
    """Retry-After is honoured."""
    engine.enqueue("launch:a")
    engine.drain(failing(TransientError("slow down", retry_after=60)))
    assert store.next_due() == clock.now + timedelta(seconds=60.5)


def test_permanent_failure_waits_for_a_change(engine: EmbeddedEngine, store: Store) -> None:
    """It is logged once and kept visible; the next event tries again."""
    engine.enqueue("launch:a")
    with capture_logs() as logs:
        engine.drain(failing(PermanentError("no access to project 5")))
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["work.given_up"]
    assert store.dead() == [Dead("launch:a", 1, "no access to project 5")]
    engine.enqueue("launch:a")
    assert engine.drain(nothing) == 1
    assert store.dead() == []


def test_fault_of_ours_is_tried_some_times(
    engine: EmbeddedEngine, clock: Clock, store: Store
) -> None:
    """Each time it is logged in full; the queue keeps its kind only, as its text may be secret."""
    engine.enqueue("launch:a")
    with capture_logs() as logs:
        for _ in range(FAULTS):
            assert engine.drain(failing(KeyError("glpat-secret"))) == 1
            clock.now += HOUR
    faults = [log for log in logs if log["event"] == "work.fault"]
    assert len(faults) == FAULTS
    assert all(log["key"] == "launch:a" and log["exc_info"] for log in faults)
    assert store.dead() == [Dead("launch:a", FAULTS, "KeyError")]


def test_outage_does_not_count_as_faults(
    engine: EmbeddedEngine, clock: Clock, store: Store
) -> None:
    """One bug after a long outage does not kill the key."""
    engine.enqueue("launch:a")
    for _ in range(FAULTS):
        engine.drain(failing(TransientError("no answer")))
        clock.now += HOUR
    engine.drain(failing(ValueError()))
    assert store.dead() == []


def test_outcomes_are_reported(store: Store, clock: Clock) -> None:
    """For the metrics."""
    heard: list[str] = []
    engine = EmbeddedEngine(store, clock=clock, draw=lambda: 0.5, report=heard.append)
    for error in (TransientError("x"), PermanentError("x"), ValueError("x")):
        engine.enqueue(f"launch:{type(error).__name__.lower()}")
        engine.drain(failing(error))
    engine.enqueue("launch:a")
    engine.drain(nothing)
    assert heard == ["transient", "permanent", "fault", "done"]


def test_what_a_killed_process_had_in_work_is_done(
    engine: EmbeddedEngine, store: Store, clock: Clock
) -> None:
    """Its claim is freed with the lock."""
    store.enqueue("launch:a", clock.now, clock.now)
    store.claim(clock.now)
    assert engine.drain(nothing) == 1


def test_old_deliveries_are_forgotten_now_and_then(engine: EmbeddedEngine, clock: Clock) -> None:
    """The database does not grow for ever."""
    engine.accept_all([("d1", ["launch:a"])])
    clock.now += timedelta(days=3)
    engine.drain(nothing)
    assert engine.accept_all([("d1", ["launch:a"])]) == [False]
    clock.now += HOUR
    engine.drain(nothing)
    assert engine.accept_all([("d1", ["launch:a"])]) == [True]


# --- The lock: one writer -------------------------------------------------------------------------


def test_drain_refuses_beside_another_process(engine: EmbeddedEngine, store: Store) -> None:
    """The message names who has the lock."""
    store.acquire("elsewhere/7", engine._clock(), HOUR)
    with pytest.raises(UserError, match="elsewhere/7"):
        engine.drain(nothing)


def test_drain_ends_when_the_lock_is_lost(
    engine: EmbeddedEngine, store: Store, clock: Clock
) -> None:
    """A process that was asleep for too long finds another one at work."""
    engine.enqueue("launch:a")
    engine.enqueue("launch:b")

    def callback(_key: str) -> None:
        assert store.holder(clock.now) == "one"
        clock.now += LEASE
        assert store.holder(clock.now) is None
        store.acquire("two", clock.now, HOUR)

    with pytest.raises(UserError, match="two"):
        engine.drain(callback)
    assert store.depth() == 1


def test_drain_gives_the_lock_back(engine: EmbeddedEngine, store: Store, clock: Clock) -> None:
    """Also when a callback fails."""
    engine.enqueue("launch:a")
    engine.drain(failing(ValueError("x")))
    assert store.holder(clock.now) is None


def test_lock_of_a_killed_process_is_taken_over_at_once(
    engine: EmbeddedEngine, store: Store, clock: Clock
) -> None:
    """Nobody waits for it to run out where its end can be seen."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    store.acquire(f"{holder.name().rpartition('/')[0]}/{ended.pid}", clock.now, HOUR)
    engine.enqueue("launch:a")
    assert engine.drain(nothing) == 1


def test_lock_that_is_lost_is_said_once(engine: EmbeddedEngine, store: Store, clock: Clock) -> None:
    """Losing it stops the work; the one who lost it keeps trying."""
    assert engine.beat()
    store.release("one")
    store.acquire("two", clock.now, HOUR)
    with capture_logs() as logs:
        assert not engine.beat()
        assert not engine.beat()
    assert [log["event"] for log in logs] == ["lease.lost"]
    assert store.holder(clock.now) == "two"
    store.release("two")
    assert engine.beat()


# --- Running: threads -----------------------------------------------------------------------------


class Calls:
    """A callback that can be waited for, and that can be held up."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.called = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, key: str) -> datetime | None:
        """Note the key, and wait for the permission to go on."""
        self.keys.append(key)
        self.called.release()
        assert self.go_on.wait(PATIENCE)
        return None

    def wait(self) -> None:
        """Until there was one more call."""
        assert self.called.acquire(timeout=PATIENCE)


@pytest.fixture
def calls() -> Calls:
    """What the engine did."""
    return Calls()


def test_running_engine_wakes_for_what_is_queued(engine: EmbeddedEngine, calls: Calls) -> None:
    """Deliveries and requests are worked on at once."""
    engine.run(calls)
    engine.accept_all([("d1", ["launch:a"])])
    calls.wait()
    engine.enqueue("launch:b")
    calls.wait()
    assert calls.keys == ["launch:a", "launch:b"]
    assert engine.problem() is None


def test_running_engine_finds_what_another_process_queued(
    engine: EmbeddedEngine, calls: Calls, store: Store, clock: Clock
) -> None:
    """The command line hands its work to the running service."""
    engine.run(calls)
    store.enqueue("launch:a", clock.now, clock.now)
    calls.wait()
    assert calls.keys == ["launch:a"]


def test_standing_key_comes_back_though_the_database_was_deleted(
    engine: EmbeddedEngine, calls: Calls, store: Store, file: Path, clock: Clock
) -> None:
    """With the queue it was lost when to look again; it is queued once an hour in any case."""
    engine.run(calls, standing=["resync"])
    calls.wait()
    pause = threading.Event()
    assert any(store.depth() == 0 or pause.wait(0.01) for _ in range(1000))
    file.unlink()
    clock.now += HOUR
    assert any(engine.beat() or pause.wait(0.01) for _ in range(1000))
    calls.wait()
    assert calls.keys == ["resync", "resync"]


def test_running_engine_takes_up_nothing_while_it_is_to_wait(
    store: Store, clock: Clock, calls: Calls
) -> None:
    """GitLab is left alone, and what is queued stays there."""
    engine = EmbeddedEngine(store, clock=clock, draw=lambda: 0.5, pace=lambda: HOUR)
    engine.enqueue("launch:a")
    engine.run(calls)
    assert engine.stop()
    assert calls.keys == []
    assert store.depth() == 1


def test_running_engine_wakes_when_a_key_is_due(
    engine: EmbeddedEngine, calls: Calls, clock: Clock
) -> None:
    """It does not need to be touched for that."""
    engine.enqueue("launch:a", clock.now + HOUR)
    engine.run(calls)
    assert not calls.called.acquire(timeout=0.05)
    clock.now += HOUR
    engine.beat()
    calls.wait()


def test_different_keys_run_side_by_side_and_one_key_does_not(
    engine: EmbeddedEngine, calls: Calls
) -> None:
    """One worker holds a launch at a time; touched meanwhile, it runs once more."""
    calls.go_on.clear()
    engine.run(calls)
    engine.enqueue("launch:a")
    calls.wait()
    engine.enqueue("launch:a")
    engine.enqueue("launch:b")
    calls.wait()
    assert calls.keys == ["launch:a", "launch:b"]
    calls.go_on.set()
    calls.wait()
    assert calls.keys == ["launch:a", "launch:b", "launch:a"]


def test_stopping_finishes_the_key_in_work(
    engine: EmbeddedEngine, calls: Calls, store: Store, clock: Clock
) -> None:
    """And gives the lock back."""
    calls.go_on.clear()
    engine.run(calls)
    engine.enqueue("launch:a")
    calls.wait()
    assert not engine.stop(0), "too little time"
    assert store.holder(clock.now) == "one"
    calls.go_on.set()
    assert engine.stop(PATIENCE)
    assert store.depth() == 0
    assert store.holder(clock.now) is None


def test_engine_that_does_not_run_says_so(engine: EmbeddedEngine) -> None:
    """The readiness check shows it."""
    assert engine.problem() == "the workers do not run"


def test_engine_without_the_lock_waits_for_it(
    engines: Callable[..., EmbeddedEngine], calls: Calls, store: Store, clock: Clock
) -> None:
    """A second process does nothing until the first is gone; then it goes on."""
    store.acquire("two", clock.now, HOUR)
    engine = engines("one")
    engine.run(calls)
    engine.enqueue("launch:a")
    assert engine.problem() == "another process is the writer: two"
    assert not calls.called.acquire(timeout=0.05)
    store.release("two")
    assert engine.beat()
    calls.wait()


def test_lock_is_not_taken_anew_over_work_in_hand(
    engine: EmbeddedEngine, calls: Calls, clock: Clock
) -> None:
    """Freeing claims under the hands of our own worker would run a key twice at a time."""
    calls.go_on.clear()
    engine.run(calls)
    engine.enqueue("launch:a")
    calls.wait()
    clock.now += LEASE
    assert not engine.beat()
    calls.go_on.set()
    for _ in range(1000):
        if engine.beat():
            break
        threading.Event().wait(0.01)
    engine.enqueue("launch:b")
    calls.wait()
    assert calls.keys == ["launch:a", "launch:b"]


def test_engine_outlives_a_database_that_fails(
    engine: EmbeddedEngine, calls: Calls, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Heart and workers go on, and what was done is written down when that is possible."""
    monkeypatch.setattr("bot.controller.embedded._LOOK", timedelta(milliseconds=5))
    monkeypatch.setattr("bot.controller.embedded.LEASE", timedelta(milliseconds=15))
    calls.go_on.clear()
    engine.run(calls)
    engine.enqueue("launch:a")
    calls.wait()
    with closing(sqlite3.connect(file, isolation_level=None)) as hand, capture_logs() as logs:
        hand.execute("ALTER TABLE queue RENAME TO queue_gone")
        hand.execute("ALTER TABLE writer RENAME TO writer_gone")
        calls.go_on.set()
        seen = {"engine.queue_failed", "engine.heartbeat_failed", "engine.not_settled"}
        for _ in range(1000):
            if seen <= {log["event"] for log in logs}:
                break
            threading.Event().wait(0.01)
        assert seen <= {log["event"] for log in logs}
        hand.execute("ALTER TABLE queue_gone RENAME TO queue")
        hand.execute("ALTER TABLE writer_gone RENAME TO writer")
    engine.enqueue("launch:b")
    calls.wait()
    assert calls.keys == ["launch:a", "launch:b"]


def test_what_cannot_be_written_down_at_the_end_is_done_again(
    engine: EmbeddedEngine, calls: Calls, file: Path, store: Store
) -> None:
    """Stopping does not wait for a broken database; the next start frees the claim."""
    calls.go_on.clear()
    engine.run(calls)
    engine.enqueue("launch:a")
    calls.wait()
    with closing(sqlite3.connect(file, isolation_level=None)) as hand:
        hand.execute("ALTER TABLE queue RENAME TO queue_gone")
        engine.stop(0)
        calls.go_on.set()
        assert engine.stop(PATIENCE)
        hand.execute("ALTER TABLE queue_gone RENAME TO queue")
    assert engine.drain(calls) == 1
    assert calls.keys == ["launch:a", "launch:a"]
    assert store.depth() == 0
