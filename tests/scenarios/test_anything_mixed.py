"""People's deeds and all the faults there are, mixed at random; see `mixed` for the two worlds.

After each round, when the faults have stopped, one resync brings the troubled world to what the
calm one is. `make soak` plays 10,000 sequences. A failure prints the command that plays it again.
"""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.scenarios import mixed
from tests.scenarios.acts import ACTS
from tests.scenarios.deeds import DEEDS
from tests.scenarios.mixed import Round, Step
from tests.scenarios.troubles import TROUBLES

SHARDS = 8
"""In how many tests the sequences of a soak are spread."""

SEQUENCES = 10_000
USUAL = 8
SOAK = 1000
"""From so many examples on it is a soak."""

NUMBERS = st.integers(0, 999)
STAGES = st.sampled_from([0, 0, 0, *range(len(ACTS) + 1)])
"""How many acts are over; most happens in the first."""


class Mixed(RuleBasedStateMachine):
    """Fills rounds and plays them."""

    def __init__(self) -> None:
        super().__init__()
        self.round = Round()
        self.opened: Any = None

    @initialize(acts=STAGES, number=NUMBERS)
    def begin(self, acts: int, number: int) -> None:
        """A launch has come so far; one that has not begun is asked for."""
        if not acts:
            self.round.deeds.append(Step("ask", number))
        self.opened = mixed.opened(acts)
        self.worlds = self.opened.__enter__()

    @rule(name=st.sampled_from([*DEEDS]), number=NUMBERS)
    def do(self, name: str, number: int) -> None:
        """Somebody does something."""
        if self.round.fits(name):
            self.round.deeds.append(Step(name, number))

    @precondition(lambda self: not self.round.troubles)
    @rule(name=st.sampled_from(mixed.BUSY))
    def run(self, name: str) -> None:
        """An operator does something."""
        self.round.deeds.append(Step(name, 0))

    @rule(name=st.sampled_from([*TROUBLES, *mixed.aside()]), number=NUMBERS)
    def go_wrong(self, name: str, number: int) -> None:
        """Something goes wrong while the bot works on that."""
        if self.round.fits(name):
            self.round.troubles.append(Step(name, number))

    @rule()
    def look(self) -> None:
        """The bot looks; then the worlds are the same."""
        self.worlds.play(self.round)
        self.round = Round()

    def teardown(self) -> None:
        """The bot looks at last."""
        if self.opened is not None:
            try:
                self.worlds.play(self.round)
            finally:
                self.opened.__exit__(None, None, None)


def shards() -> int:
    """One in a usual run, as many as there are in a soak."""
    return SHARDS if settings().max_examples >= SOAK else 1


@pytest.mark.hypothesis
@pytest.mark.parametrize("shard", range(shards()))
def test_faults_leave_no_trace(shard: int) -> None:
    """Whatever people do, and whatever goes wrong meanwhile."""
    del shard
    usual = settings().max_examples < SOAK
    sequences = USUAL if usual else SEQUENCES // SHARDS
    bounded = settings(max_examples=sequences, stateful_step_count=12)
    run_state_machine_as_test(Mixed, settings=bounded)


def test_failure_says_how_to_play_it_again() -> None:
    """One command, with all rounds in it; a fault that does leave a trace is told."""
    with mixed.opened(2) as worlds:
        worlds.play(Round.read("tick.0 ! die.3"))
        worlds.troubled.people["alice"].comment((1, 3), "only here")
        with pytest.raises(AssertionError, match="only here") as failure:
            worlds.play(Round.read("comment.0 !"))
    (command,) = failure.value.__notes__
    assert command.endswith(f"{mixed.COMMAND} '2: tick.0 ! die.3 / comment.0 !'")


def test_script_is_read_as_it_is_written() -> None:
    """And what is no script is refused in words."""
    script = "3: tick.3 close.1 ! die.17 aside-comment.4 / resume.0 ! / ! deaf.0"
    acts, rounds = mixed.read(script)
    assert f"{acts}: {' / '.join(map(str, rounds))}" == script
    with pytest.raises(SystemExit, match="nothing is called 'tock'"):
        mixed.read("0: tock.3")
