"""Hooks are dropped, tripled, reordered, a day late, or switched off; they are hints only."""

import random
from pathlib import Path

import pytest

from bot.simulator import Delivery
from bot.simulator.outbox import alert_status
from tests.scenarios.acts import ACTS, fault_free_end
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay


class UnreliablePlay(MortalPlay):
    """A play in which three of ten hooks are lost, and the others come thrice, in any order."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 -- a scenario, no secret
        self.held: list[Delivery] = []
        super().__init__(folder)

    def send(self, delivery: Delivery) -> int:
        """Lose it, or hold it back, or send it and all that was held back."""
        fate = self.chance.random()
        if fate < 0.3:
            return 200
        self.held.append(delivery)
        if fate < 0.6:
            return 200
        several, self.held = self.held * 3, []
        self.chance.shuffle(several)
        return max(super(UnreliablePlay, self).send(each) for each in several)


@pytest.mark.parametrize("seed", range(6))
def test_lost_doubled_and_reordered_hooks_change_nothing(tmp_path: Path, seed: int) -> None:
    """After one resync all is as if every hook had come once and in order."""
    play = UnreliablePlay(tmp_path, seed)
    for deed in ACTS.values():
        deed(play)
        play.resync()
    assert end_state(play.settle().sim, times=False) == fault_free_end()
    play.close()


def test_hooks_that_come_a_day_late_change_nothing(tmp_path: Path) -> None:
    """Meanwhile the resync has done all; what arrives then is old news."""
    play = MortalPlay(tmp_path)
    for deed in ACTS.values():
        play.sim.faults.add(kind="delay_hook", times=None, seconds=24 * 3600)
        deed(play)
        play.resync()
        play.sim.faults.clear()
    before = play.writes()
    play.wait(days=1)
    assert not play.sim.outbox.pending
    assert play.writes() == before
    assert end_state(play.settle().sim, times=False) == fault_free_end()
    play.close()


def test_hooks_that_gitlab_switched_off_are_not_needed(tmp_path: Path) -> None:
    """The bot was unreachable until GitLab gave up on it; the resync finds what it missed."""
    play = MortalPlay(tmp_path)
    projects = list(play.sim.state.projects.values())
    hooks = [hook for project in projects for hook in project.hooks.values()]
    play.people["alice"].file(play.world.projects["office"], "Something", "else", "")
    for _ in range(40):
        for hook in hooks:
            play.sim.outbox.report(play.sim.outbox.pending[0], 502)
            hook.failures, hook.disabled = 40, True
    play.sim.outbox.take()
    assert {alert_status(hook, play.sim.clock.now()) for hook in hooks} == {"disabled"}
    for deed in ACTS.values():
        deed(play)
        assert not play.sim.outbox.pending
        play.resync()
    assert play.gates() == {"scope": "done", "build": "done"}
    assert "**Live**" in play.overview()
    play.close()
