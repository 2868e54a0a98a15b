"""What may not be worked on by two threads at once, nor while a write may still commit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.controller.lanes import Lanes
from bot.domain.errors import TransientError
from bot.store.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_work_of_a_process_that_ends_is_left_alone_for_a_minute(tmp_path: Path) -> None:
    """By the next process, too; what nobody worked on is not."""
    now = [NOW]
    store = Store.open(f"sqlite:///{tmp_path / 'launchbot.db'}")
    lanes = Lanes(lambda: now[0], store)
    with lanes.entered("done"):
        pass
    with lanes.entered("i1", "start"):
        lanes.leave()
    following = Lanes(lambda: now[0], store)
    for name in ("i1", "start"):
        with pytest.raises(TransientError), following.entered(name):
            pass
    with following.entered("done"):
        pass
    now[0] += timedelta(seconds=61)
    with following.entered("i1", "start"):
        pass
    store.close()
