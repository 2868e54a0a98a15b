"""A whole launch of the small process, as its people play it: act by act, from request to live.

In it each thing happens that a bot can do twice: issues, links, labels, comments, a reopening.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay

ACTS: Mapping[str, Callable[[MortalPlay], object]] = {
    "alice asks for a launch": lambda play: play.request(),
    "scope is closed too early": lambda play: play.close_issue("scope"),
    "scope is done": lambda play: play.finish("scope"),
    "build is done": lambda play: play.finish("build"),
    "the launch goes live": lambda play: play.close_issue("root"),
}


def play_all(play: MortalPlay) -> MortalPlay:
    """Play every act."""
    for deed in ACTS.values():
        deed(play)
    return play


@cache
def fault_free() -> Mapping[str, tuple[tuple[str, ...], dict[str, Any]]]:
    """For each act its moments and what GitLab holds after it, when nothing goes wrong."""
    with TemporaryDirectory() as folder:
        play = MortalPlay(Path(folder))
        seen = {}
        for act, deed in ACTS.items():
            play.moments.watch()
            deed(play)
            seen[act] = tuple(play.moments.names), end_state(play.sim)
        play.close()
    return seen


@cache
def fault_free_end() -> dict[str, Any]:
    """What GitLab holds in the end when nothing goes wrong, without the record's times."""
    with TemporaryDirectory() as folder:
        play = play_all(MortalPlay(Path(folder)))
        play.close()
        return end_state(play.sim, times=False)
