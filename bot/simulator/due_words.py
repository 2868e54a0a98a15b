"""Dates in words, as the quick action for due dates takes them. Needs to be told today."""

import re
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_IN = re.compile(r"in (?P<count>\d+|a|an|one|two|three) (?P<unit>day|week|month|year)s?")
_MONTH_DAY = re.compile(
    r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?"
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_UNITS = {"day": 1, "week": 7}
_YEAR = 12


def read_day(text: str, today: date) -> date | None:
    """The day that the words mean; None when they mean none."""
    words = " ".join(text.lower().split())
    fixed = {"today": 0, "tomorrow": 1, "yesterday": -1, "next week": 7}
    if words in fixed:
        return today + timedelta(days=fixed[words])
    return _iso(words) or _distance(words, today) or _weekday(words, today) or _named(words, today)


def _iso(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _distance(words: str, today: date) -> date | None:
    found = _IN.fullmatch(words)
    if not found:
        return None
    count = _COUNTS.get(found["count"]) or int(found["count"])
    if found["unit"] in _UNITS:
        return today + timedelta(days=count * _UNITS[found["unit"]])
    months = count * (_YEAR if found["unit"] == "year" else 1)
    year, month = divmod(today.year * _YEAR + today.month - 1 + months, _YEAR)
    return _last_possible(year, month + 1, today.day)


def _weekday(words: str, today: date) -> date | None:
    name = words.removeprefix("this ").removeprefix("next ")
    if name not in _DAYS:
        return None
    ahead = (_DAYS.index(name) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead)


def _named(words: str, today: date) -> date | None:
    found = _MONTH_DAY.fullmatch(words)
    month = next((i for i, m in enumerate(_MONTHS, 1) if found and m.startswith(found["month"])), 0)
    if not (found and month):
        return None
    day = _last_possible(int(found["year"] or today.year), month, int(found["day"]))
    passed = day < today and not found["year"]
    return _last_possible(day.year + 1, month, day.day) if passed else day


def _last_possible(year: int, month: int, day: int) -> date:
    """The day, or the month's last when there is no such day."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
