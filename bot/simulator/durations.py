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
_PART = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>mo|w|d|h|m|s)[a-z]*", re.IGNORECASE)
_WHOLE = re.compile(r"-?\s*(?:\d+(?:\.\d+)?\s*(?:mo|w|d|h|m|s)[a-z]*\s*)+", re.IGNORECASE)


def read(text: str) -> int | None:
    """The seconds that the text means, with a minus in front negative; None when it means none."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        return None
    parts = [float(p["amount"]) * _UNITS[p["unit"].lower()] for p in _PART.finditer(text)]
    return int(-sum(parts) if text.startswith("-") else sum(parts))


def write(seconds: int) -> str | None:
    """Seconds in words: `1w 2d 30m`; None for nothing."""
    parts, rest = [], abs(seconds)
    for unit, size in _UNITS.items():
        amount, rest = divmod(rest, size)
        parts += [f"{amount}{unit}"] if amount else []
    words = " ".join(parts)
    return (f"-{words}" if seconds < 0 else words) or None
