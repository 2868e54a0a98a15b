"""Fixtures of the scenarios."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from bot.domain.process import Process
from tests.scenarios.play import Play, Saved

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

        def opened(
            process: Process | None = None, tier: str = "premium", began: Saved | None = None
        ) -> Play:
            play = Play(tmp_path, process, tier, began=began)
            stack.callback(play.close)
            return play

        yield opened


@cache
def _begun(*, asked: bool) -> Saved:
    """How every play of the shipped process begins: played once, and then taken from there."""
    with TemporaryDirectory() as folder, capture_logs():
        play = Play(Path(folder))
        if asked:
            play.request()
        saved = play.save()
        play.close()
    return saved


@pytest.fixture
def play(stage: Stage) -> Play:
    """A play of the shipped process; nobody has asked for anything yet."""
    return stage(began=_begun(asked=False))


@pytest.fixture
def launch(stage: Stage) -> Play:
    """A launch that has just started."""
    return stage(began=_begun(asked=True))
