"""A whole launch of the small process, as its people play it: act by act, from request to live.

In it each thing happens that a bot can do twice: issues, links, labels, comments, a reopening.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.process import ROOT
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay
from tests.scenarios.play import Saved

COMMANDS = "/launch done talk\n/launch due build 2027-05-05\n/launch escalate\n/launch nonsense"

ACTS: Mapping[str, Callable[[MortalPlay], object]] = {
    "alice asks for a launch": lambda play: play.request(),
    "scope is closed too early": lambda play: play.close_issue("scope"),
    "alice says commands": lambda play: play.say(ROOT, COMMANDS),
    "alice asks": lambda play: play.say("scope", "/launch status"),
    "scope is done": lambda play: play.finish("scope"),
    "build is done": lambda play: play.finish("build"),
    "the launch goes live": lambda play: play.close_issue("root"),
}


STEPS: Mapping[str, Callable[[MortalPlay], object]] = {
    "alice asks for a launch": lambda play: play.request(),
    "scope is closed too early": lambda play: play.close_issue("scope"),
    "alice says commands": lambda play: play.say(ROOT, COMMANDS),
    "alice asks": lambda play: play.say("scope", "/launch status"),
    "scope is ticked": lambda play: play.tick(*play.required("scope")),
    "scope is closed": lambda play: play.close_issue("scope"),
    "build is ticked": lambda play: play.tick(*play.required("build")),
    "build is closed": lambda play: play.close_issue("build"),
    "the launch goes live": lambda play: play.close_issue("root"),
}
"""The same, in steps after each of which only the bot has something to do."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a process leaves behind that dies at a moment of a step, and what there should be."""

    where: str
    saved: Saved
    end: dict[str, Any]


def play_all(play: MortalPlay, acts: int = len(ACTS)) -> MortalPlay:
    """Play every act, or the first ones."""
    for deed in [*ACTS.values()][:acts]:
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
def left_behind() -> Sequence[Left]:
    """What a process leaves behind that dies at any moment; after a read all is as before it."""
    found = []
    with TemporaryDirectory() as folder:
        play = MortalPlay(Path(folder))
        for step, deed in STEPS.items():
            saved = saved_at_moments(play, deed)
            end = end_state(play.sim)
            found += [Left(f"before {name}, when {step}", at, end) for name, at in saved]
        play.close()
    return found


def saved_at_moments(
    play: MortalPlay, deed: Callable[[MortalPlay], object]
) -> Sequence[tuple[str, Saved]]:
    """What a process leaves behind that dies at any moment of a deed, and each moment's name."""
    found = []

    def meanwhile(number: int, name: str) -> None:
        if number == 0 or not play.moments.names[number - 1].startswith("GET "):
            found.append((name, play.save()))

    play.moments.watch(meanwhile)
    deed(play)
    play.moments.watch()
    return found


@cache
def fault_free_end(acts: int = len(ACTS)) -> dict[str, Any]:
    """What GitLab holds after so many acts when nothing goes wrong, without the record's times."""
    with TemporaryDirectory() as folder:
        play = play_all(MortalPlay(Path(folder)), acts)
        play.close()
        return end_state(play.sim, times=False)
