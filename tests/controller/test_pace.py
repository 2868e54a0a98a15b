"""How fast GitLab is called."""

from datetime import timedelta

from bot.controller.pace import AT_ONCE, PER_MINUTE, Pace

LIMIT = 2000
"""Calls a minute that GitLab.com allows."""


class Clock:
    """Seconds that are set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The seconds."""
        return self.now


def test_some_calls_need_no_wait() -> None:
    """What happens on a usual day is not slowed down."""
    pace = Pace(Clock())
    for _ in range(AT_ONCE):
        pace.count()
    assert pace.wait() == timedelta(0)


def test_work_that_never_ends_stays_below_the_limit() -> None:
    """Of GitLab.com, in every minute, also when a piece of work takes forty calls."""
    clock, at = Clock(), list[float]()
    pace = Pace(clock)
    while clock.now < 300:
        for _ in range(40):
            pace.count()
            at.append(clock.now)
        clock.now += max(pace.wait().total_seconds(), 0.01)
    busiest = max(sum(start <= one < start + 60 for one in at) for start in range(0, 240, 10))
    assert PER_MINUTE <= busiest < LIMIT


def test_who_was_quiet_has_not_saved_up() -> None:
    """A quiet night gives no right to a flood."""
    clock = Clock()
    pace = Pace(clock)
    clock.now = 10_000.0
    for _ in range(AT_ONCE + PER_MINUTE):
        pace.count()
    assert pace.wait() == timedelta(minutes=1)
