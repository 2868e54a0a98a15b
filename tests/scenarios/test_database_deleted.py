"""The database file is deleted in the middle of a launch; everything in it may be lost.

A process that dies with its database: `test_crash_anywhere`.
"""

from pathlib import Path

import pytest

from tests.scenarios.acts import ACTS, fault_free, fault_free_end
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

PLAYS = 6
"""In how many plays the moments of an act are spread."""


@pytest.mark.parametrize("number", range(PLAYS))
def test_deleted_database_changes_nothing_in_the_end(tmp_path: Path, number: int) -> None:
    """Once in every act, under the running bot; asked to look, it does what was left."""
    play = MortalPlay(tmp_path)
    for act, deed in ACTS.items():
        moment = number * len(fault_free()[act][0]) // PLAYS
        play.moments.at(moment, play.delete_database)
        deed(play)
        play.resync()
    assert end_state(play.settle().sim, times=False) == fault_free_end()
    play.close()
