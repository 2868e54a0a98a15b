"""How long to wait after a failure."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.controller.backoff import LONGEST, pause, pause_as_asked

DRAWS = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 2), (2, 4), (6, 64), (8, 150), (10_000, 150)]
)
def test_wait_doubles_up_to_a_limit(attempts: int, seconds: int) -> None:
    """Half of the longest wait, for a draw in the middle."""
    assert pause(attempts, 0.5) == timedelta(seconds=seconds)


@given(st.integers(0), DRAWS)
def test_wait_is_bounded(attempts: int, draw: float) -> None:
    """No thread and no launch waits for longer than the limit."""
    assert timedelta() <= pause(attempts, draw) <= LONGEST


@given(st.floats(0, 3600), DRAWS)
def test_gitlab_is_not_asked_before_it_said(seconds: float, draw: float) -> None:
    """Retry-After is a lower bound; a little more spreads the load."""
    wait = pause_as_asked(seconds, draw)
    assert timedelta(seconds=seconds) <= wait <= timedelta(seconds=seconds + 1.000001)


@pytest.mark.parametrize(("asked", "hours"), [(-5.0, 0), (1e300, 1), (math.inf, 1), (math.nan, 0)])
def test_absurd_wishes_are_bounded(asked: float, hours: int) -> None:
    """A broken header stops nothing for ever."""
    assert pause_as_asked(asked, 0.0) == timedelta(hours=hours)
