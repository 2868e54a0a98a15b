"""The queue: each key once, nothing lost, the oldest first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.store.queue import Claim, Dead
from bot.store.store import Store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a new file."""
    opened = Store.open(f"sqlite:///{tmp_path / 'launchbot.db'}")
    yield opened
    opened.close()


def claimed(store: Store, now: datetime = NOW) -> Claim:
    """The next claim, which has to be there."""
    claim = store.claim(now)
    assert claim is not None
    return claim


def drained(store: Store, now: datetime) -> list[str]:
    """Every key that is due, in the order of the queue; they are forgotten."""
    keys = []
    while claim := store.claim(now):
        keys.append(claim.key)
        store.finish(claim, now, None)
    return keys


def test_delivery_queues_each_key_once(store: Store) -> None:
    """Touched twice before anybody works on it, a key is worked on once."""
    assert store.accept("d1", ["launch:a", "launch:b", "launch:a"], NOW)
    assert store.accept("d2", ["launch:a"], NOW)
    assert drained(store, NOW) == ["launch:a", "launch:b"]


def test_delivery_heard_before_queues_nothing(store: Store) -> None:
    """GitLab repeats a delivery under the same id."""
    assert store.accept("d1", ["launch:a"], NOW)
    drained(store, NOW)
    assert not store.accept("d1", ["launch:a"], NOW + HOUR)
    assert store.depth() == 0


def test_deliveries_are_noted_together(store: Store) -> None:
    """In one transaction: of two with one id in it, the first counts."""
    heard = [("d1", ["launch:a"]), (None, ["launch:b"]), ("d1", ["launch:c"]), ("d2", ())]
    assert store.accept_all(heard, NOW) == [True, True, False, True]
    assert store.accept_all([("d2", ["launch:d"])], NOW) == [False]
    assert store.depth() == 2


def test_delivery_without_an_id_is_always_new(store: Store) -> None:
    """An old GitLab sends no id; doing it twice does no harm."""
    assert store.accept(None, ["launch:a"], NOW)
    assert store.accept(None, ["launch:a"], NOW)
    assert store.depth() == 1


def test_old_deliveries_are_forgotten(store: Store) -> None:
    """They are kept for some days only."""
    store.accept("old", ["launch:a"], NOW)
    store.accept("new", ["launch:a"], NOW + HOUR)
    store.prune(NOW + HOUR)
    assert store.accept("old", ["launch:a"], NOW + HOUR)
    assert not store.accept("new", ["launch:a"], NOW + HOUR)


def test_oldest_due_key_comes_first(store: Store) -> None:
    """Nobody waits for ever."""
    store.enqueue("launch:late", NOW + 2 * SECOND, NOW)
    store.enqueue("launch:early", NOW + SECOND, NOW)
    store.enqueue("launch:tomorrow", NOW + 24 * HOUR, NOW)
    assert store.next_due() == NOW + SECOND
    assert drained(store, NOW + HOUR) == ["launch:early", "launch:late"]


def test_key_that_is_not_due_is_not_claimed(store: Store) -> None:
    """A deadline waits in the queue."""
    store.enqueue("launch:a", NOW + SECOND, NOW)
    assert store.claim(NOW) is None
    assert drained(store, NOW + SECOND) == ["launch:a"]


@pytest.mark.parametrize("times", [(0, 5), (5, 0)], ids=["earlier first", "later first"])
def test_earlier_of_two_times_wins(store: Store, times: tuple[int, int]) -> None:
    """Asked for twice, it comes at the first of both."""
    for seconds in times:
        store.enqueue("launch:a", NOW + seconds * SECOND, NOW)
    assert store.next_due() == NOW


def test_time_that_has_passed_means_now(store: Store) -> None:
    """A key with an old time does not jump the queue."""
    store.enqueue("launch:a", NOW - HOUR, NOW)
    assert store.next_due() == NOW


def test_times_of_other_zones_are_the_same_instants(store: Store) -> None:
    """Times are kept in UTC, whatever zone they come in."""
    zone = timezone(timedelta(hours=9))
    store.enqueue("launch:a", (NOW + HOUR).astimezone(zone), NOW)
    store.enqueue("launch:a", (NOW + SECOND).astimezone(zone), NOW)
    assert store.next_due() == NOW + SECOND
    claim = claimed(store, (NOW + HOUR).astimezone(zone))
    store.finish(claim, NOW, (NOW + 2 * HOUR).astimezone(zone))
    assert store.next_due() == NOW + 2 * HOUR


def test_time_without_a_zone_is_refused(store: Store) -> None:
    """Nobody could say when it is."""
    with pytest.raises(Exception, match="without a time zone"):
        store.set_watermark(1, NOW.replace(tzinfo=None))


def test_claimed_key_is_not_claimed_again(store: Store) -> None:
    """One worker holds a launch at a time."""
    store.enqueue("launch:a", NOW, NOW)
    claimed(store)
    assert store.claim(NOW + HOUR) is None
    assert store.next_due() is None
    assert store.depth() == 1


def test_finished_key_comes_back_when_asked(store: Store) -> None:
    """The reconciler says when it wants to look again."""
    store.enqueue("launch:a", NOW, NOW)
    store.finish(claimed(store), NOW, NOW + HOUR)
    assert store.next_due() == NOW + HOUR
    store.finish(claimed(store, NOW + HOUR), NOW + HOUR, NOW)
    assert store.next_due() == NOW + HOUR, "a time in the past means now"


@pytest.mark.parametrize("again_at", [None, NOW + HOUR], ids=["forget", "later"])
def test_key_touched_in_work_runs_once_more(store: Store, again_at: datetime | None) -> None:
    """What changed while a worker was reading may have been missed."""
    store.enqueue("launch:a", NOW, NOW)
    claim = claimed(store)
    store.accept("d1", ["launch:a"], NOW + SECOND)
    assert store.claim(NOW + SECOND) is None, "not while it is in work"
    store.finish(claim, NOW + SECOND, again_at)
    assert drained(store, NOW + SECOND) == ["launch:a"]


@pytest.mark.parametrize(
    ("touched", "again_at", "due"),
    [(HOUR, None, HOUR), (HOUR, SECOND, SECOND), (SECOND, HOUR, SECOND)],
    ids=["touch alone", "work is earlier", "touch is earlier"],
)
def test_key_asked_for_later_in_work_does_not_run_at_once(
    store: Store, touched: timedelta, again_at: timedelta | None, due: timedelta
) -> None:
    """A worker may ask for its own key to come back, without going round in circles."""
    store.enqueue("launch:a", NOW, NOW)
    claim = claimed(store)
    store.enqueue("launch:a", NOW + touched, NOW)
    store.finish(claim, NOW, None if again_at is None else NOW + again_at)
    assert store.next_due() == NOW + due


def test_failed_key_is_tried_again_and_counted(store: Store) -> None:
    """Failures in a row are counted, so that the wait can grow; success ends the row."""
    store.enqueue("launch:a", NOW, NOW)
    store.fail(claimed(store), "no answer", NOW + SECOND)
    store.fail(claimed(store, NOW + SECOND), "our fault", NOW + HOUR, fault=True)
    claim = claimed(store, NOW + HOUR)
    assert (claim.attempts, claim.faults) == (2, 1)
    store.finish(claim, NOW + HOUR, NOW + 2 * HOUR)
    assert claimed(store, NOW + 2 * HOUR).attempts == 0


def test_key_touched_in_work_that_failed_runs_at_once(store: Store) -> None:
    """Something changed: that may be what was missing."""
    store.enqueue("launch:a", NOW, NOW)
    claim = claimed(store)
    store.enqueue("launch:a", NOW, NOW)
    store.fail(claim, "no answer", NOW + HOUR)
    assert claimed(store).attempts == 1


def test_dead_key_stays_visible(store: Store) -> None:
    """It is not tried again, and anybody can see that and why."""
    store.enqueue("launch:a", NOW, NOW)
    store.fail(claimed(store), "no access", None)
    assert store.dead() == [Dead("launch:a", 1, "no access")]
    assert store.claim(NOW + HOUR) is None
    assert store.next_due() is None
    assert store.depth() == 0


def test_dead_key_gets_a_new_life_when_touched(store: Store) -> None:
    """It waited for a change."""
    store.enqueue("launch:a", NOW, NOW)
    store.fail(claimed(store), "no access", None, fault=True)
    store.enqueue("launch:a", NOW + HOUR, NOW)
    assert store.dead() == []
    assert store.next_due() == NOW + HOUR, "its old time has been served"
    claim = claimed(store, NOW + HOUR)
    assert (claim.attempts, claim.faults) == (0, 0)


def test_key_touched_in_work_does_not_die(store: Store) -> None:
    """The change that it would wait for has come already."""
    store.enqueue("launch:a", NOW, NOW)
    claim = claimed(store)
    store.enqueue("launch:a", NOW, NOW)
    store.fail(claim, "no access", None)
    assert store.dead() == []
    assert drained(store, NOW) == ["launch:a"]


def test_what_a_killed_process_had_claimed_is_due_again(store: Store) -> None:
    """Also where it was touched for a later time meanwhile."""
    store.enqueue("launch:a", NOW, NOW)
    store.enqueue("launch:b", NOW, NOW)
    claimed(store)
    claimed(store)
    store.enqueue("launch:b", NOW + HOUR, NOW)
    store.release_all()
    assert drained(store, NOW) == ["launch:a", "launch:b"]


def test_claim_from_before_a_release_counts_no_more(store: Store) -> None:
    """A worker that comes back from the dead cannot end the work of another."""
    store.enqueue("launch:a", NOW, NOW)
    old = claimed(store)
    store.release_all()
    new = claimed(store)
    store.finish(old, NOW, None)
    store.fail(old, "late", None)
    assert store.claim(NOW) is None, "the new claim holds"
    store.finish(new, NOW, None)
    assert store.depth() == 0


def test_claim_on_a_key_that_was_forgotten_and_came_back_counts_no_more(store: Store) -> None:
    """Nor when the key was done meanwhile, and has been touched again."""
    store.enqueue("launch:a", NOW, NOW)
    old = claimed(store)
    store.finish(old, NOW, None)
    store.enqueue("launch:a", NOW, NOW)
    claimed(store)
    store.finish(old, NOW, None)
    store.fail(old, "late", None)
    assert store.depth() == 1


def test_queue_survives_a_new_process(tmp_path: Path) -> None:
    """What was accepted is on the disk."""
    url = f"sqlite:///{tmp_path / 'launchbot.db'}"
    first = Store.open(url)
    first.accept("d1", ["launch:a"], NOW)
    first.close()
    second = Store.open(url)
    assert not second.accept("d1", ["launch:a"], NOW)
    assert drained(second, NOW) == ["launch:a"]
    second.close()
