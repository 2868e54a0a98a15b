"""Days and lengths of time as people write them.

What was understood is echoed, so that nobody has to know these rules by heart.
It must not ask for the current day: a comment is read against the day on which it was written.
"""

import re
from datetime import date, timedelta

from bot.domain.calendars import BusinessDays

WAYS = "2027-03-31, +5bd (business days), friday, next friday, tomorrow or today"
"""The ways to write a day, for people."""

MOST = 500
"""Business days; two years, and more is a slip of the hand."""

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AHEAD = {"today": 0, "tomorrow": 1}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"\+([0-9]{1,3})bd")
_EFFORT = re.compile(r"([0-9]{1,3})(b?d|w)")
_BUSINESS_WEEK = 5


def day(text: str, today: date, days: BusinessDays) -> date | None:
    """The day that a text means; None if it means none.

    `friday` is the first one after today, `next friday` that of the week after this one; weeks
    begin on Monday.
    """
    words = text.casefold().split()
    match words:
        case [word] if word in _AHEAD:
            return _later(today, _AHEAD[word])
        case [word] if word in _WEEK:
            return _later(today, (_WEEK.index(word) - today.weekday() - 1) % 7 + 1)
        case ["next", word] if word in _WEEK:
            return _later(today, 7 - today.weekday() + _WEEK.index(word))
        case [word] if match := _COUNT.fullmatch(word):
            return days.add(today, int(match[1])) if int(match[1]) <= MOST else None
        case [word] if _ISO.fullmatch(word):
            return _iso(word)
        case _:
            return None


def effort(text: str) -> int | None:
    """How many business days `5d` or `2w` are: a week has five; None if it means none."""
    match = _EFFORT.fullmatch(text.casefold())
    count = int(match[1]) * (_BUSINESS_WEEK if match[2] == "w" else 1) if match else 0
    return count if 0 < count <= MOST else None


def spoken(day: date) -> str:
    """A day with its weekday: the echo of what was understood."""
    return f"{_WEEK[day.weekday()].capitalize()}, {day}"


def _later(day: date, count: int) -> date | None:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
