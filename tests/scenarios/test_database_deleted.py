"""The database file is deleted in the middle of a launch; everything in it may be lost."""

from pathlib import Path

import pytest

from tests.scenarios.acts import ACTS, fault_free, fault_free_end
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

PLAYS = 6
"""In how many plays the moments of an act are spread."""


@pytest.mark.parametrize("number", range(PLAYS))
@pytest.mark.parametrize("dies", [True, False], ids=["and the bot dies", "under a running bot"])
def test_deleted_database_changes_nothing_in_the_end(
    tmp_path: Path, number: int, *, dies: bool
) -> None:
    """Once in every act; started again, or only asked to look, the bot does what was left."""
    play = MortalPlay(tmp_path)

    def delete() -> None:
        play.delete_database()
        if dies:
            play.moments.die()

    for act, deed in ACTS.items():
        moment = number * len(fault_free()[act][0]) // PLAYS
        play.moments.at(moment, delete)
        deed(play)
        play.resync()
    assert end_state(play.settle().sim, times=False) == fault_free_end()
    assert play.deaths == (len(ACTS) if dies else 0)
    play.close()
