"""Days and efforts as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands.when import MOST, day, effort, spoken
from tests.domain.commands.scopes import DAYS, WEDNESDAY


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2027-03-31", "2027-03-31"),
        ("today", "2026-09-30"),
        ("Tomorrow", "2026-10-01"),
        ("friday", "2026-10-02"),
        ("tuesday", "2026-10-06"),
        ("wednesday", "2026-10-07"),
        ("next  Friday", "2026-10-09"),
        ("next monday", "2026-10-05"),
        ("next sunday", "2026-10-11"),
        ("+0bd", "2026-09-30"),
        ("+2bd", "2026-10-02"),
        ("+3bd", "2026-10-06"),
        ("+5BD", "2026-10-08"),
    ],
)
def test_day_is_understood(text: str, wanted: str) -> None:
    """On Wednesday 30 September; Monday 5 October is no business day."""
    assert str(day(text, WEDNESDAY, DAYS)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30",
        "20270331",
        "2027-3-1",
        "next",
        "next week",
        "fri",
        "+5d",
        "+501bd",
        "+-1bd",
        "last friday",
        "friday 13",
        "tomorrow tomorrow",
    ],
)
def test_other_text_is_no_day(text: str) -> None:
    """A guess would be worse than a question."""
    assert day(text, WEDNESDAY, DAYS) is None


@pytest.mark.parametrize("text", ["tomorrow", "monday", "next monday"])
def test_there_is_no_day_after_the_last(text: str) -> None:
    """The calendar has an end."""
    assert day(text, date.max, DAYS) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("5d", 5),
        ("5bd", 5),
        ("2W", 10),
        ("500d", 500),
        ("100w", 500),
        ("0d", None),
        ("501d", None),
        ("101w", None),
        ("5", None),
        ("d", None),
        ("1.5d", None),
    ],
)
def test_effort_is_in_business_days(text: str, wanted: int | None) -> None:
    """A week has five of them."""
    assert effort(text) == wanted


def test_day_is_said_with_its_weekday() -> None:
    """In English, whatever the language of the machine."""
    assert spoken(WEDNESDAY) == "Wednesday, 2026-09-30"


@given(st.text(max_size=12), st.dates())
def test_any_text_is_a_day_or_none(text: str, today: date) -> None:
    """Nothing raises."""
    day(text, today, DAYS)
    effort(text)


@given(st.dates(), st.dates())
def test_iso_date_is_itself(wanted: date, today: date) -> None:
    """On every day."""
    assert day(str(wanted), today, DAYS) == wanted


@given(st.sampled_from(["monday", "thursday", "sunday"]), st.dates(max_value=date(9000, 1, 1)))
def test_next_week_is_never_this_week(name: str, today: date) -> None:
    """A weekday comes within a week, and that of the next week in the next calendar week."""
    soon, later = day(name, today, DAYS), day(f"next {name}", today, DAYS)
    assert soon
    assert later
    assert 1 <= (soon - today).days <= 7
    assert (later.toordinal() - 1) // 7 == (today.toordinal() - 1) // 7 + 1
    assert spoken(later).startswith(spoken(soon).split(",")[0])


@given(st.integers(0, MOST))
def test_business_days_end_on_one(count: int) -> None:
    """Never on a weekend or a holiday."""
    wanted = day(f"+{count}bd", WEDNESDAY, DAYS)
    assert wanted
    assert DAYS.counts(wanted)
