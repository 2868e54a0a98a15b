"""Business days: weekends, holidays, time zones, and the ends of the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars import BusinessDays
from bot.domain.configuration import Calendar

PLAIN = BusinessDays(Calendar())
GERMANY = BusinessDays(Calendar(timezone="Europe/Berlin", country="DE", subdivision="BY"))

THURSDAY, FRIDAY = date(2026, 3, 5), date(2026, 3, 6)
SATURDAY, SUNDAY, MONDAY = date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)

any_day = st.dates(date(1990, 1, 1), date(2090, 1, 1))
any_count = st.integers(0, 60)


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        pytest.param(FRIDAY, 0, FRIDAY, id="none after a Friday is the Friday"),
        pytest.param(SATURDAY, 0, MONDAY, id="none after a Saturday is the Monday"),
        pytest.param(SUNDAY, 0, MONDAY, id="none after a Sunday is the Monday"),
        pytest.param(FRIDAY, 1, MONDAY, id="one after a Friday is the Monday"),
        pytest.param(SATURDAY, 1, MONDAY, id="one after a Saturday is the Monday"),
        pytest.param(MONDAY, 5, date(2026, 3, 16), id="five are a week"),
        pytest.param(MONDAY, 10, date(2026, 3, 23), id="ten are two weeks"),
    ],
)
def test_days_after_a_day(day: date, count: int, end: date) -> None:
    """Only Monday to Friday count, and a count ends on a day that counts."""
    assert PLAIN.add(day, count) == end


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        pytest.param(FRIDAY, 0, FRIDAY, id="none before a Friday is the Friday"),
        pytest.param(SATURDAY, 0, FRIDAY, id="none before a Saturday is the Friday"),
        pytest.param(SUNDAY, 0, FRIDAY, id="none before a Sunday is the Friday"),
        pytest.param(SATURDAY, 1, THURSDAY, id="one before a Saturday leaves a whole day"),
        pytest.param(MONDAY, 1, FRIDAY, id="one before a Monday is the Friday"),
        pytest.param(MONDAY, 5, date(2026, 3, 2), id="five are a week"),
    ],
)
def test_days_before_a_day(day: date, count: int, end: date) -> None:
    """What is due before a day is never due after it, also when that day is a Sunday."""
    assert PLAIN.before(day, count) == end


@given(any_day, any_count)
def test_counting_ends_on_a_business_day_and_counts_right(day: date, count: int) -> None:
    """`between` counts what `add` and `before` went."""
    after, before = GERMANY.add(day, count), GERMANY.before(day, count)
    assert GERMANY.counts(after)
    assert GERMANY.counts(before)
    assert before <= day <= after
    assert GERMANY.between(day, after) == max(count, 0 if GERMANY.counts(day) else 1)
    assert GERMANY.between(before, day) == count


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        pytest.param(FRIDAY, FRIDAY, 0, id="the same day"),
        pytest.param(FRIDAY, SUNDAY, 0, id="a weekend"),
        pytest.param(FRIDAY, MONDAY, 1, id="over a weekend"),
        pytest.param(THURSDAY, FRIDAY, 1, id="the next day"),
        pytest.param(MONDAY, FRIDAY, 0, id="backwards"),
    ],
)
def test_days_between(start: date, end: date, count: int) -> None:
    """The first day does not count, the last one does."""
    assert PLAIN.between(start, end) == count


def test_public_holidays_of_the_country_do_not_count() -> None:
    """The Thursday before Easter 2026 is followed by Tuesday in Germany."""
    assert GERMANY.add(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert PLAIN.add(date(2026, 4, 2), 1) == date(2026, 4, 3)


def test_public_holidays_of_a_region_count_only_there() -> None:
    """Epiphany is a holiday in Bavaria, not in Berlin."""
    berlin = BusinessDays(Calendar(country="DE", subdivision="BE"))
    assert not GERMANY.counts(date(2026, 1, 6))
    assert berlin.counts(date(2026, 1, 6))


def test_days_off_of_the_installation_do_not_count() -> None:
    """The installation's own days off are added to those of the country, or stand alone."""
    off = (MONDAY,)
    assert BusinessDays(Calendar(holidays=off)).add(FRIDAY, 1) == MONDAY + timedelta(1)
    both = BusinessDays(Calendar(country="DE", holidays=off))
    assert not both.counts(MONDAY)
    assert not both.counts(date(2026, 5, 1))


def test_counting_goes_over_the_end_of_a_year() -> None:
    """The holidays of the next year are known too."""
    assert GERMANY.add(date(2026, 12, 31), 1) == date(2027, 1, 4)


@pytest.mark.parametrize("calendar", [PLAIN, GERMANY], ids=["plain", "country"])
def test_the_ends_of_the_calendar_hold(calendar: BusinessDays) -> None:
    """Whatever date a person types, counting from it ends."""
    assert calendar.before(date.min, 500) == date.min
    assert calendar.before(date.min + timedelta(3), 500) == date.min
    assert calendar.add(date.max, 500) == date.max
    assert calendar.before(date.max, 1) < date.max


def test_a_day_begins_at_midnight_in_the_zone() -> None:
    """The same moment is Friday in London and Saturday in Auckland."""
    auckland = BusinessDays(Calendar(timezone="Pacific/Auckland"))
    now = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
    assert (PLAIN.today(now), auckland.today(now)) == (FRIDAY, SATURDAY)
    assert auckland.begins(SATURDAY) == datetime(2026, 3, 6, 11, 0, tzinfo=UTC)


@given(
    any_day,
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Beirut", "Pacific/Apia"]
    ),
)
def test_a_day_begins_where_the_day_before_ends(day: date, zone: str) -> None:
    """Also where clocks change at midnight, so that waking up then finds the new day."""
    days = BusinessDays(Calendar(timezone=zone))
    begins = days.begins(day)
    assert days.today(begins - timedelta(microseconds=1)) < days.today(begins)
    assert days.today(begins) >= day
