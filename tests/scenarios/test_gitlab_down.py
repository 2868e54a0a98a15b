"""GitLab is down for two hours, in every way it can be; nothing is lost, nobody sleeps over it."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.acts import ACTS, fault_free, fault_free_end
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

KINDS: Mapping[str, Mapping[str, Any]] = {
    "429 with Retry-After": {"kind": "status", "status": 429, "headers": {"Retry-After": "30"}},
    "429 without Retry-After": {"kind": "status", "status": 429},
    "503": {"kind": "status", "status": 503},
    "nothing arrives": {"kind": "timeout_before"},
    "500 after the write": {"kind": "status", "status": 500, "after_write": True},
    "401": {"kind": "status", "status": 401},
    "no answer arrives": {"kind": "timeout_after"},
    "502 with a page": {"kind": "status", "status": 502, "body": "<html>down</html>"},
}
MOMENTS = 4
SLOWEST = 7
"""Minutes until all is caught up: a pause of five at most, and a lost write's own."""


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long threads would have slept; they do not."""
    times: list[float] = []
    monkeypatch.setattr(time, "sleep", times.append)
    return times


def fail(play: MortalPlay, kind: str) -> None:
    """From now on GitLab fails the bot in this way."""
    play.sim.faults.add(match={"user": "launchbot"}, times=None, **KINDS[kind])


def outage(play: MortalPlay) -> None:
    """Two hours in which GitLab fails the bot in one way after the other."""
    for kind in KINDS:
        play.sim.faults.clear()
        fail(play, kind)
        play.pass_time(minutes=15)
    play.sim.faults.clear()


@pytest.mark.parametrize("number", range(MOMENTS))
def test_launch_goes_on_after_two_hours(tmp_path: Path, number: int, slept: list[float]) -> None:
    """It begins at any moment of an act; some minutes after its end all is caught up."""
    play = MortalPlay(tmp_path)
    for act, deed in ACTS.items():
        moment = number * len(fault_free()[act][0]) // MOMENTS
        play.moments.at(moment, lambda: fail(play, "429 with Retry-After"))
        deed(play)
        play.moments.watch()
        outage(play)
        play.pass_time(minutes=SLOWEST)
    assert end_state(play.settle().sim, times=False) == fault_free_end()
    assert max(slept, default=0) < 60
    play.close()


@pytest.mark.parametrize("kind", KINDS)
def test_outage_of_one_kind_is_caught_up(tmp_path: Path, kind: str, slept: list[float]) -> None:
    """People go on meanwhile; the bot calls seldom, and catches up when GitLab is back."""
    play = MortalPlay(tmp_path)
    play.request()
    fail(play, kind)
    alice = play.people["alice"]
    alice.tick((play.world.projects["office"], 3), "talk", "papers")
    alice.close((play.world.projects["office"], 3))
    play.work()
    before = play.sim.calls.reads + play.sim.calls.writes
    play.pass_time(hours=2)
    assert play.sim.calls.reads + play.sim.calls.writes - before < 1000
    play.sim.faults.clear()
    play.pass_time(minutes=SLOWEST)
    assert play.gates() == {"scope": "done", "build": "open"}
    assert len(play.said(play.place("build"))) == 1
    assert max(slept, default=0) < 60
    play.close()
