"""Dates: when a phase is due by its rule, and when to look again without any event."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.dates import completed, due, launch_date, rule
from bot.domain.process import Process
from tests.domain.world import MONDAY, REQUEST_TEXT, World, definition, process

AFTER = {"business_days": 3, "after": "opening"}
BEFORE = {"business_days": 0, "before": "launch"}


def _ask(day: str) -> str:
    return REQUEST_TEXT.replace("2026-06-01", day)


def test_the_launch_date_is_what_the_root_is_due() -> None:
    """The request gives the first launch date; whoever moves the root's due date moves it."""
    world = World(process()).request().settle()
    assert launch_date(world.process, world.record()) == date(2026, 6, 1)
    world.edit("root", due=date(2026, 7, 1)).settle()
    assert launch_date(world.process, world.record()) == date(2026, 7, 1)


def test_a_launch_date_that_a_person_took_away_is_gone() -> None:
    """Without a due date on the root nothing counts back from it, and set dates stay."""
    world = World(process()).request().settle()
    world.finish("scope").settle().edit("root", due=None).settle()
    assert launch_date(world.process, world.record()) is None
    assert world.issues["build"].due == date(2026, 5, 25)


def test_a_process_may_have_no_launch_date() -> None:
    """Then the root has no due date, and a rule that counts back from it gives none."""
    base = definition()
    del base["root"]["due"]
    world = World(process().model_validate(base)).request().settle().finish("scope").settle()
    assert launch_date(world.process, world.record()) is None
    assert world.issues["root"].due is None
    assert world.issues["build"].due is None


def test_a_rule_that_counts_from_the_opening_starts_when_the_phase_unlocks() -> None:
    """A locked phase has no date; waiting for others takes none of its time."""
    world = World(process(build={"due": AFTER})).request().settle()
    assert world.issues["build"].due is None
    world.wait(4).finish("scope").settle()
    assert world.issues["build"].due == date(2026, 3, 11)


def test_nothing_before_a_launch_is_due_after_it() -> None:
    """A launch on a Saturday wants everything by Friday."""
    world = World(process(build={"due": BEFORE})).request(_ask("2026-06-06")).settle()
    world.finish("scope").settle()
    assert world.issues["build"].due == date(2026, 6, 5)


def test_moving_the_launch_moves_what_counts_back_from_it() -> None:
    """A due date that the bot set follows the launch date as long as no person touched it."""
    world = World(process()).request().settle().finish("scope").settle()
    world.edit("root", due=date(2026, 6, 8)).settle()
    assert world.issues["build"].due == date(2026, 6, 1)
    world.edit("build", due=date(2026, 5, 4)).settle()
    world.edit("root", due=date(2026, 6, 15)).settle()
    assert world.issues["build"].due == date(2026, 5, 4)


@pytest.mark.parametrize("day", [date.min, date.max], ids=["first", "last"])
def test_an_absurd_launch_date_stops_nothing(day: date) -> None:
    """A person may type any year; the launch goes on."""
    world = World(process(scope={"due": BEFORE})).request().settle()
    world.edit("root", due=day).settle().finish("scope").settle()
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}


def test_a_phase_without_rule_has_no_date() -> None:
    """No rule, no date."""
    world = World(process()).request().settle().finish("scope").settle()
    assert due(world.process, world.observe(), world.record(), "tell") is None


def test_the_bot_wakes_when_a_phase_becomes_late() -> None:
    """The day after the first due date of an open phase; locked and done ones do not count."""
    world = World(process()).request().settle()
    assert world.plan().wake_at == datetime(2026, 3, 17, tzinfo=UTC)
    world.finish("scope").settle()
    assert world.plan().wake_at == datetime(2026, 5, 26, tzinfo=UTC)
    world.finish("tell").settle().finish("build").settle()
    assert world.plan().wake_at is None


def test_the_bot_does_not_wake_for_what_is_late_already() -> None:
    """It is shown as late once; there is nothing to look at every day."""
    world = World(process()).request().settle().wait(30).settle()
    assert world.plan().wake_at is None


def test_the_bot_does_not_wake_after_the_end_of_the_calendar() -> None:
    """A due date of 9999-12-31 has no day after it."""
    world = World(process()).request().settle().edit("scope", due=date.max).settle()
    assert world.plan().wake_at is None


def test_the_bot_wakes_tomorrow_for_what_was_refused_today() -> None:
    """Nothing else might happen tomorrow, and the status note says that it tries again."""
    world = World(process(), refuse={"tell.create": "No."}).request().settle()
    assert world.plan().wake_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert world.now == MONDAY


FOLLOWING = {
    "urgent": {"title": "Urgent", "example": "yes", "required": False},
    "out": {"title": "Out", "example": "2026-03-02", "type": "date", "default": "today"},
    "up": {
        "title": "Up",
        "example": "2026-03-05",
        "type": "date",
        "counts": [
            {"business_days": 0, "after": "out", "when": 'urgent == "yes"'},
            {"business_days": 3, "after": "out"},
        ],
    },
}


def _following(**more: object) -> Process:
    raw = definition()
    raw["inputs"] = {"partner": raw["inputs"]["partner"], **FOLLOWING, **more}
    raw["root"]["due"] = "up"
    return Process.model_validate(raw)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"out": "2026-03-02", "up": "2026-03-05"}),
        ({"urgent": "yes"}, {"out": "2026-03-02", "up": "2026-03-02"}),
        ({"out": "2026-02-27"}, {"out": "2026-02-27", "up": "2026-03-04"}),
        ({"out": "2026-02-28", "urgent": "yes"}, {"out": "2026-02-28", "up": "2026-03-02"}),
        ({"up": "2026-04-01"}, {"out": "2026-03-02", "up": "2026-04-01"}),
    ],
)
def test_a_date_that_is_not_given_follows_from_others(
    given: dict[str, str], expected: dict[str, str]
) -> None:
    """The first rule that applies counts, in business days."""
    world = World(_following())
    assert completed(world.process, world.observe(), given) == {**given, **expected}


def test_a_date_that_nothing_is_known_of_stays_open() -> None:
    """A lost request leaves a rebuilt launch without it."""
    out = {"title": "Out", "example": "2026-03-02", "type": "date"}
    world = World(_following(out=out))
    assert completed(world.process, world.observe(), {}) == {}


def test_a_launch_is_due_when_its_date_says_so() -> None:
    """The date that followed is remembered, and the root is due then."""
    world = World(_following()).request("partner: Acme Cloud").settle()
    assert world.record().inputs["up"] == "2026-03-05"
    assert world.issues["root"].due == date(2026, 3, 5)


def test_a_rule_is_told_in_words() -> None:
    """As the definition gives it."""
    shop = process(tell={"due": {"business_days": 1, "after": "opening"}})
    assert rule(shop, "tell") == "1 business day after it opened"
    assert rule(shop, "build") == "5 business days before the launch date"
    assert rule(process(), "tell") == "which has no rule"
