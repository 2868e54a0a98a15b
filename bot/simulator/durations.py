"""Time as time tracking writes it: a month has four weeks, a week five days, a day eight hours.

https://docs.gitlab.com/user/project/time_tracking/#available-time-units
"""

import re

_HOUR = 3600
_UNITS = {
    "mo": 160 * _HOUR,
    "w": 40 * _HOUR,
    "d": 8 * _HOUR,
    "h": _HOUR,
    "m": 60,
    "s": 1,
}
_NAMES = "months?|mos?|weeks?|wks?|w|days?|dy|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s"
_PART = rf"(?P<amount>\d*\.?\d+)\s*(?P<unit>(?:{_NAMES})(?![a-z]))?"
_PARTS = re.compile(_PART)
_BETWEEN = r"[\s,]*(?:(?:and|with|plus)\s+)?"
_WHOLE = re.compile(rf"(?:{re.sub('[?]P<[a-z]+>', '?:', _PART)}{_BETWEEN})+")


def read(text: str) -> int | None:
    """The seconds that the text means, with a minus in front negative; None when it means none.

    A number without a unit means hours, after another the next smaller unit.
    """
    plain = text.strip().lower()
    amount = plain.removeprefix("-").strip()
    if not _WHOLE.fullmatch(amount):
        return None
    total, units, unit = 0.0, list(_UNITS), "d"
    for part in _PARTS.finditer(amount):
        smaller = units[min(units.index(unit) + 1, len(units) - 1)]
        unit = _key(part["unit"]) if part["unit"] else smaller
        total += float(part["amount"]) * _UNITS[unit]
    return int(-total if plain.startswith("-") else total)


def _key(name: str) -> str:
    return "mo" if name.startswith("mo") else name[0]


def write(seconds: int) -> str | None:
    """Seconds in words: `1w 2d 30m`; None for nothing."""
    parts, rest = [], abs(seconds)
    for unit, size in _UNITS.items():
        amount, rest = divmod(rest, size)
        parts += [f"{amount}{unit}"] if amount else []
    words = " ".join(parts)
    return (f"-{words}" if seconds < 0 else words) or None
