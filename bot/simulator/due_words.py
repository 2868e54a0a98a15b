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
_DISTANCE = re.compile(
    r"(?P<ahead>in )?(?P<count>\d{1,3}|a|an|one|two|three) (?P<unit>day|week|month|year)s?"
    r"(?P<way> from now| from today| hence| ago)?"
)
_YEAR_PART = r"(?:,? (?P<year>\d{4}))?"
_NAMED = (
    re.compile(
        rf"(?P<month>[a-z]{{3,9}})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR_PART}"
    ),
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>[a-z]{{3,9}})\.?{_YEAR_PART}"
    ),
)
_SLASHES = re.compile(r"(?P<first>\d{1,4})/(?P<second>\d{1,2})/(?P<third>\d{1,4})")
_FIXED = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1, "next week": 7}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}
_UNITS = {"day": 1, "week": 7}
_YEAR = 12


def read_day(text: str, today: date) -> date | None:
    """The day that the words mean; None when they mean none."""
    words = " ".join(text.lower().split())
    if words in _FIXED:
        return today + timedelta(days=_FIXED[words])
    if words == "next month":
        return _middle_of_next_month(today)
    exact = _iso(words) or _distance(words, today)
    return exact or _weekday(words, today) or _named(words, today)


def _iso(words: str) -> date | None:
    """`2026-12-31`, `2026/12/31` or, as Americans write, `12/31/2026`."""
    slashes = _SLASHES.fullmatch(words)
    if slashes and len(slashes["third"]) == len("2026"):
        words = f"{slashes['third']}-{slashes['first']:0>2}-{slashes['second']:0>2}"
    elif slashes:
        words = f"{slashes['first']}-{slashes['second']:0>2}-{slashes['third']:0>2}"
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _distance(words: str, today: date) -> date | None:
    """So far from today; in words alone, such as `5 days`, it is no day."""
    found = _DISTANCE.fullmatch(words)
    if not found or bool(found["ahead"]) == bool(found["way"]):
        return None
    count = _COUNTS.get(found["count"]) or int(found["count"])
    count = -count if found["way"] == " ago" else count
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
    found = next((m for form in _NAMED if (m := form.fullmatch(words))), None)
    month = next((i for i, m in enumerate(_MONTHS, 1) if found and m.startswith(found["month"])), 0)
    if not (found and month and int(found["day"]) and int(found["year"] or 1)):
        return None
    day = _last_possible(int(found["year"] or today.year), month, int(found["day"]))
    passed = day < today and not found["year"]
    return _last_possible(day.year + 1, month, day.day) if passed else day


def _middle_of_next_month(today: date) -> date:
    """What GitLab's reader of dates takes a whole month for."""
    first = _distance("in 1 month", today.replace(day=1)) or today
    after = _distance("in 1 month", first) or first
    return first + (after - first) // 2


def _last_possible(year: int, month: int, day: int) -> date:
    """The day, or the month's last when there is no such day."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
