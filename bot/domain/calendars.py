"""Business days: which days count, and where a count of them ends.

Days are dates in the calendar's zone; the time of day never matters.
Public holidays come from the `holidays` library; it must not be asked for the current time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.domain.configuration import Calendar

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Counts business days by a calendar of the installation."""

    calendar: Calendar

    def counts(self, day: date) -> bool:
        """Whether a day is a business day."""
        return day.weekday() < _SATURDAY and day not in self._holidays(day.year)

    def add(self, day: date, count: int) -> date:
        """The business day that is `count` business days after a day.

        With 0 it is the day itself, or the next business day if that day does not count.
        """
        return self._walk(day, _DAY, count or int(not self.counts(day)))

    def before(self, day: date, count: int) -> date:
        """The business day that is `count` business days before a day.

        A day that does not count is taken as the business day before it: what is due before a
        Sunday is due by Friday.
        """
        return self._walk(day, -_DAY, count + int(not self.counts(day)))

    def between(self, start: date, end: date) -> int:
        """How many business days lie after `start`, up to and with `end`; 0 if none."""
        days = (start + _DAY * number for number in range(1, (end - start).days + 1))
        return sum(1 for day in days if self.counts(day))

    def today(self, now: datetime) -> date:
        """The day that it is in the calendar's zone."""
        return now.astimezone(ZoneInfo(self.calendar.timezone)).date()

    def begins(self, day: date) -> datetime:
        """The moment, in UTC, at which a day begins in the calendar's zone."""
        zone = ZoneInfo(self.calendar.timezone)
        return datetime.combine(day, time(), zone).astimezone(UTC)

    def _walk(self, day: date, step: timedelta, count: int) -> date:
        # People may set any date; at the ends of the calendar there is nowhere to go.
        last = date.max if step > timedelta() else date.min
        while count and day != last:
            day += step
            count -= self.counts(day)
        return day

    def _holidays(self, year: int) -> frozenset[date]:
        return _public(self.calendar.country, self.calendar.subdivision, year).union(
            self.calendar.holidays
        )


@lru_cache(maxsize=64)
def _public(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    # Kept at hand: to work out one year takes milliseconds, and a plan asks for hundreds of days.
    if country is None:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
