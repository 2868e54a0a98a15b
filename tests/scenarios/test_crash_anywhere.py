"""The process dies before or after any call, commit or answer, and nobody can tell in the end.

Each play kills the bot once in every act of a launch, at the same moment of each; together they
kill it at every moment there is. A failing play is played again by its test's name.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scenarios.acts import ACTS, fault_free
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

DEATHS = 70
"""More than an act has moments to die at, so that each has a test of its own."""


def deaths(names: Sequence[str]) -> list[int]:
    """The moments that leave different things behind: after a read all is as before it."""
    return [n for n, _ in enumerate(names) if n == 0 or not names[n - 1].startswith("GET ")]


def test_every_moment_has_a_play() -> None:
    """No act has grown beyond the moments that are played below."""
    longest = max(len(deaths(names)) for names, _ in fault_free().values())
    assert 20 < longest <= DEATHS


@pytest.mark.parametrize("death", range(DEATHS))
def test_a_death_changes_nothing_in_the_end(tmp_path: Path, death: int) -> None:
    """No issue, note, label change or notification is lost or doubled; the record is the same."""
    play = MortalPlay(tmp_path)
    moments = [deaths(names)[death : death + 1] for names, _ in fault_free().values()]
    last = max((act for act, here in enumerate(moments) if here), default=-1)
    for (act, deed), here in list(zip(ACTS.items(), moments, strict=True))[: last + 1]:
        names, end = fault_free()[act]
        play.moments.die_at(here)
        deed(play)
        where = [names[moment] for moment in here] or "never"
        assert end_state(play.sim) == end, f"died before {where}, while {act}"
    play.settle()
    assert play.deaths == sum(map(len, moments))
    play.close()
