"""Business days: which days count, and where a count of them ends.

Days are dates in the calendar's zone; the time of day never matters.
Public holidays come from the `holidays` library; it must not be asked for the current time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
        """The business day that is `count` business days after a day; back when negative.

        With 0 it is the day itself, or the next business day if that day does not count.
        """
        step = -_DAY if count < 0 else _DAY
        while not self.counts(day):
            day += step if count <= 0 else -step
        for _ in range(abs(count)):
            day += step
            while not self.counts(day):
                day += step
        return day

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

    def _holidays(self, year: int) -> set[date]:
        country, given = self.calendar.country, set(self.calendar.holidays)
        if country is None:
            return given
        return given | set(
            holidays.country_holidays(country, subdiv=self.calendar.subdivision, years=year)
        )
