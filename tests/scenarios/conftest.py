"""Fixtures of the scenarios."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.process import Process
from tests.scenarios.play import Play

Stage = Callable[..., Play]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Logs that nobody set up are written out at length, which takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Opens plays, also with another process or tier, and closes them in the end."""
    with ExitStack() as stack:

        def opened(process: Process | None = None, tier: str = "premium") -> Play:
            play = Play(tmp_path, process, tier)
            stack.callback(play.close)
            return play

        yield opened


@pytest.fixture
def play(stage: Stage) -> Play:
    """A play of the shipped process; nobody has asked for anything yet."""
    return stage()


@pytest.fixture
def launch(play: Play) -> Play:
    """A launch that has just started."""
    play.request()
    return play
