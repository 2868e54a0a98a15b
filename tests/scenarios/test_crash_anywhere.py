"""The process dies before or after any call, commit or answer, and nobody can tell in the end.

A launch is played once, and at every moment it is kept what a process would leave behind that
died there: GitLab, and the database as far as it is committed. From each a new process goes on.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.acts import Left, left_behind, saved_at_moments
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

PLAYS = 16
"""In how many tests the deaths are spread."""


def go_on(folder: Path, left: Left) -> MortalPlay:
    """A new process looks through everything; then all is as if none had died."""
    folder.mkdir()
    play = MortalPlay(folder, began=left.saved)
    play.resync()
    assert end_state(play.sim) == left.end, f"died {left.where}"
    return play


def go_on_from_all(folder: Path, lefts: Iterable[Left]) -> None:
    """The same from several moments."""
    for number, left in enumerate(lefts):
        play = go_on(folder / str(number), left)
        if not number:
            play.settle()
        play.close()


def test_death_comes_between_all_calls_and_commits() -> None:
    """Each PUT follows a GET at once, and to die after that is the same."""
    names = [left.where.split()[1] for left in left_behind()]
    assert {name.rstrip(",") for name in names} == {"GET", "POST", "commit", "answer"}
    assert len(names) > 150


@pytest.mark.parametrize("number", range(PLAYS))
def test_a_death_changes_nothing_in_the_end(tmp_path: Path, number: int) -> None:
    """No issue, note, label change or notification is lost or doubled; the record is the same."""
    go_on_from_all(tmp_path, left_behind()[number::PLAYS])


@pytest.mark.parametrize("number", range(PLAYS))
def test_a_death_without_the_database_changes_nothing_either(tmp_path: Path, number: int) -> None:
    """GitLab alone tells what is left to do."""
    lefts = left_behind()[number :: 6 * PLAYS]
    go_on_from_all(tmp_path, (replace(left, saved=replace(left.saved, files={})) for left in lefts))


def test_a_death_while_a_command_starts_a_launch_changes_nothing(tmp_path: Path) -> None:
    """What the command gave stands nowhere else before the record is written."""
    folder = tmp_path / "first"
    folder.mkdir()
    play = MortalPlay(folder)
    place = play.request("Please", labels="")
    play.people["alice"].comment(place, "/launch start small partner=Acme launch_date=2027-06-01")
    saved = saved_at_moments(play, MortalPlay.work)
    end = end_state(play.sim, times=False)
    play.close()
    for number, (name, left) in enumerate(saved[::2]):
        (tmp_path / str(number)).mkdir()
        again = MortalPlay(tmp_path / str(number), began=left)
        again.resync()
        assert end_state(again.sim, times=False) == end, f"died before {name}"
        again.settle().close()
