"""The bot's clock jumps, or is wrong all the time; nothing happens twice, and nothing early."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.configuration import Calendar, Configuration
from tests.scenarios.acts import ACTS, fault_free, fault_free_end
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

JUMPS = [timedelta(hours=hours) for hours in (5, -5, 0, -2, 3, -6)]


class BerlinPlay(MortalPlay):
    """A play of an installation whose days begin in Berlin."""

    def configuration(self) -> Configuration:
        """What `launchbot.yml` says."""
        calendar = Calendar(timezone="Europe/Berlin")
        return super().configuration().model_copy(update={"calendar": calendar})


@pytest.mark.parametrize("number", range(6))
def test_jumps_in_the_middle_of_work_change_nothing(tmp_path: Path, number: int) -> None:
    """In every act the clock jumps several times, backwards and forwards, at other moments."""
    play = MortalPlay(tmp_path)
    for act, deed in ACTS.items():
        apart = max(1, len(fault_free()[act][0]) // len(JUMPS))

        def meanwhile(moment: int, _name: str, apart: int = apart) -> None:
            jump = moment // apart
            if moment % apart == number % apart and jump < len(JUMPS):
                play.skew = JUMPS[(jump + number) % len(JUMPS)]

        play.moments.watch(meanwhile)
        deed(play)
        play.moments.watch()
        play.skew = timedelta()
        play.resync()
    assert end_state(play.settle().sim, times=False) == fault_free_end()
    play.close()


@pytest.mark.parametrize("skew", [-3600, -300, -90, 90, 300, 3600])
def test_wrong_clock_misses_no_change(tmp_path: Path, skew: int) -> None:
    """What changed since the last look is asked for by GitLab's clock, not by the bot's."""
    play = MortalPlay(tmp_path)
    play.skew = timedelta(seconds=skew)
    play.request()
    play.wait(minutes=10).resync()
    for minute, task in enumerate(["talk", "papers", "call"], start=1):
        play.sim.clock.advance(timedelta(minutes=minute))
        play.owner("scope").tick(play.place("scope"), task)
        play.sim.outbox.take()
        play.wait(minutes=10 - minute).resync()
        shown = "(ready)" if task == "call" else f"{minute} of 2"
        assert shown in play.overview() or "2 of 2" in play.overview()
    play.close()


def test_clock_that_was_ahead_misses_no_change(tmp_path: Path) -> None:
    """Put right, the bot sees what people did since, although it had looked later than that."""
    play = MortalPlay(tmp_path)
    play.request()
    play.skew = timedelta(hours=-3)
    play.resync()
    play.skew = timedelta()
    play.wait(minutes=5)
    play.owner("scope").tick(play.place("scope"), "talk")
    play.sim.outbox.take()
    play.wait(minutes=5).resync()
    assert "1 of 2" in play.overview()
    play.close()


def test_deadline_is_told_once_though_the_clock_goes_back(tmp_path: Path) -> None:
    """The overview follows the clock; nobody is told anything twice."""
    play = MortalPlay(tmp_path)
    play.request()
    said = {part: play.said(play.place(part)) for part in play.issues()}
    for days in (20, 0, 20, 13, 15, 0):
        play.skew = -timedelta(days=days)
        play.bot.engine.enqueue("launch:i1")
        play.work()
        assert ("late" in play.overview()) == (days > 14)
    assert {part: play.said(play.place(part)) for part in play.issues()} == said
    assert play.gates() == {"scope": "open", "build": "locked"}
    play.close()


@pytest.mark.parametrize(
    ("due", "midnight"),
    [
        ("2027-03-27", datetime(2027, 3, 27, 23, tzinfo=UTC)),
        ("2027-03-28", datetime(2027, 3, 28, 22, tzinfo=UTC)),
        ("2027-10-30", datetime(2027, 10, 30, 22, tzinfo=UTC)),
        ("2027-10-31", datetime(2027, 10, 31, 23, tzinfo=UTC)),
    ],
    ids=["before spring", "spring forward", "before autumn", "fall back"],
)
def test_day_ends_at_its_own_midnight(tmp_path: Path, due: str, midnight: datetime) -> None:
    """A phase is late when its day is over where people are, also when clocks are changed."""
    play = BerlinPlay(tmp_path)
    play.request()
    play.change("scope", due_date=due)
    play.sim.clock.set(midnight - timedelta(seconds=2))
    play.work()
    assert "late" not in play.overview()
    play.sim.clock.set(midnight + timedelta(seconds=2))
    play.work()
    assert "late" in play.overview()
    play.close()
