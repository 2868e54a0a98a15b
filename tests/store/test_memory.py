"""What the store keeps besides the queue, and the lock of the one writer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.memory import AuditEntry, LaunchEntry
from bot.store.store import Store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENTRY = LaunchEntry("i123", "first-time-image", 5, 23, None, "running")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a new file."""
    opened = Store.open(f"sqlite:///{tmp_path / 'launchbot.db'}")
    yield opened
    opened.close()


def test_audit_lists_what_was_done_in_order(store: Store) -> None:
    """Each row says when, what and why."""
    store.audit("i123", NOW, "create root", "requested by a label")
    store.audit("i7", NOW, "create root", "requested by a label")
    store.audit("i123", NOW, "lock technical", "scoping was reopened")
    assert store.audits("i123") == [
        AuditEntry("i123", NOW, "create root", "requested by a label"),
        AuditEntry("i123", NOW, "lock technical", "scoping was reopened"),
    ]


@pytest.mark.parametrize(("audits_before", "left"), [(None, 1), (NOW - HOUR, 2)])
def test_old_audit_rows_are_forgotten(
    store: Store, audits_before: datetime | None, left: int
) -> None:
    """They may be kept for longer than deliveries."""
    store.audit("i123", NOW, "old", "")
    store.audit("i123", NOW + HOUR, "new", "")
    store.prune(NOW + HOUR, audits_before)
    assert len(store.audits("i123")) == left


def test_launch_is_recalled_as_it_was_remembered_last(store: Store) -> None:
    """The read model holds one entry per launch."""
    assert store.recall("i123") is None
    store.remember(ENTRY)
    assert store.recall("i123") == ENTRY
    live = LaunchEntry("i123", "first-time-image", 6, 1, 77, "live")
    store.remember(live)
    store.remember(LaunchEntry("i1", "other", 5, 2, 9, "running"))
    assert store.launches() == [LaunchEntry("i1", "other", 5, 2, 9, "running"), live]


def test_definition_is_kept_under_its_digest(store: Store) -> None:
    """Kept twice is kept once."""
    assert store.definition("abc") is None
    store.keep_definition("abc", "{}")
    store.keep_definition("abc", "{}")
    assert store.definition("abc") == "{}"


def test_record_is_kept_as_it_was_last(store: Store) -> None:
    """One copy for each launch, the newest."""
    assert store.record("i123") is None
    store.keep_record("i123", "{}")
    store.keep_record("i123", '{"revision": 2}')
    assert store.record("i123") == '{"revision": 2}'
    assert store.record("i7") is None


def test_watermark_is_kept_per_project(store: Store) -> None:
    """Each project has been seen up to a time of its own."""
    store.set_watermark(5, NOW)
    store.set_watermark(6, NOW)
    store.set_watermark(5, NOW + HOUR)
    assert (store.watermark(5), store.watermark(6)) == (NOW + HOUR, NOW)
    assert store.watermark(7) is None


def test_lock_has_one_holder(store: Store) -> None:
    """Whoever comes second is told, and who has it can be seen."""
    assert store.holder(NOW) is None
    assert store.acquire("one", NOW, HOUR)
    assert not store.acquire("two", NOW, HOUR)
    assert store.holder(NOW) == "one"


def test_lock_is_renewed_by_its_holder(store: Store) -> None:
    """A holder that is alive keeps it."""
    store.acquire("one", NOW, HOUR)
    assert store.acquire("one", NOW + HOUR / 2, HOUR)
    assert not store.acquire("two", NOW + HOUR, HOUR)


def test_lock_that_is_not_renewed_is_free(store: Store) -> None:
    """Nobody waits for the dead."""
    store.acquire("one", NOW, HOUR)
    assert store.holder(NOW + HOUR) is None
    assert store.acquire("two", NOW + HOUR, HOUR)
    assert not store.acquire("one", NOW + HOUR, HOUR)


def test_lock_is_given_back_by_its_holder_alone(store: Store) -> None:
    """Who has lost it cannot take it from its new holder."""
    store.acquire("one", NOW, HOUR)
    store.release("two")
    assert store.holder(NOW) == "one"
    store.release("one")
    assert store.acquire("two", NOW, HOUR)
