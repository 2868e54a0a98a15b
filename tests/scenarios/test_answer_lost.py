"""A write commits and its answer does not arrive, or it commits when nobody waits any more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.acts import ACTS, fault_free, fault_free_end
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

WRITES = 10
"""As many as the act with the most has, so that each write has a test of its own."""

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "it was done": {"kind": "timeout_after"},
    "it was done, and a proxy answered": {"kind": "status", "status": 502, "after_write": True},
    "it is done a minute later": {"kind": "commit_later", "seconds": 60},
    "it was never done": {"kind": "timeout_before"},
}


def writes(act: str) -> list[int]:
    """The moments of an act at which the bot writes into GitLab."""
    names, _ = fault_free()[act]
    return [n for n, name in enumerate(names) if name.startswith(("POST", "PUT"))]


def losses(number: int) -> list[list[int]]:
    """The moment at which each act loses this write of its, up to the last act that has it."""
    lost = [writes(act)[number : number + 1] for act in ACTS]
    return lost[: max(act for act, moments in enumerate(lost, 1) if moments)]


def lose(play: MortalPlay, fault: str, moments: list[int]) -> None:
    """The calls at these moments go wrong."""

    def meanwhile(number: int, _name: str) -> None:
        if number in moments:
            play.sim.faults.add(match={"user": "launchbot"}, **FAULTS[fault])

    play.moments.watch(meanwhile)


def test_every_write_has_a_play() -> None:
    """No act has grown beyond the writes that are lost below."""
    assert max(len(writes(act)) for act in ACTS) == WRITES


@pytest.mark.parametrize("shift", range(2))
@pytest.mark.parametrize("number", range(WRITES))
def test_a_lost_answer_doubles_nothing(tmp_path: Path, number: int, shift: int) -> None:
    """In every act one answer is lost; hooks and a resync within that minute change nothing."""
    lost = losses(number)
    play = MortalPlay(tmp_path)
    for act, (deed, moments) in enumerate(zip(ACTS.values(), lost, strict=False)):
        lose(play, list(FAULTS)[(number + act + 2 * shift) % len(FAULTS)], moments)
        deed(play)
        play.pass_time(seconds=30).resync()
        play.pass_time(seconds=35)
    assert not play.sim.faults.rules
    assert end_state(play.settle().sim, times=False) == fault_free_end(len(lost))
    play.close()


@pytest.mark.parametrize("number", range(WRITES))
def test_a_restart_within_that_minute_doubles_nothing(tmp_path: Path, number: int) -> None:
    """The new process knows that a write may still be done, and waits for it, too."""
    lost = losses(number)
    play = MortalPlay(tmp_path)
    for deed, moments in zip(ACTS.values(), lost, strict=False):
        lose(play, "it is done a minute later", moments)
        deed(play)
        if moments:
            play.restart()
            play.work()
        play.pass_time(seconds=65)
    assert end_state(play.settle().sim, times=False) == fault_free_end(len(lost))
    play.close()
