"""What a merge request says and changes: paths, headings, and what it must not tell.

User text is only compared here, never passed on.
"""

import re
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase

from bot.domain.alignment.facts import Case, File

_HEADING = re.compile(r"^\s*(?:#{1,6}|={1,6}|title:)\s+(?P<text>.+)")
_WORD = re.compile(r"[^\W_]+")
_MONTHS = [
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
]


def documented(case: Case) -> tuple[File, ...]:
    """The files that it changes under the documented paths."""
    return tuple(
        file
        for file in case.request.files
        if any(fnmatchcase(file.path, pattern) for pattern in case.rules.paths)
    )


def has_section(case: Case) -> bool:
    """Whether a heading that it adds under these paths names the partner."""
    name = _words(case.launch.partner)
    lines = (line for file in documented(case) for line in file.added)
    headings = (match["text"] for line in lines if (match := _HEADING.match(line)))
    return any(name in _words(heading) for heading in headings)


def tells_secrets(case: Case) -> bool:
    """Whether a confidential launch can be recognised in a merge request that all may read."""
    if not (case.launch.confidential and case.request.public):
        return False
    secrets = [*case.launch.secrets, *_spelled(case.launch.day)]
    hidden = [words for secret in secrets if (words := _words(secret)).strip()]
    return any(words in text for text in map(_words, _texts(case)) for words in hidden)


def _texts(case: Case) -> Iterator[str]:
    yield from case.request.written
    for file in case.request.files:
        yield file.path
        yield "\n".join(file.added)


def _spelled(day: date | None) -> Iterator[str]:
    """A date in the ways in which people write it."""
    if day is None:
        return
    month = _MONTHS[day.month - 1]
    yield day.isoformat()
    for name in (month, month[:3]):
        yield f"{day.day} {name} {day.year}"
        yield f"{name} {day.day} {day.year}"
    yield f"{day.day:02}.{day.month:02}.{day.year}"
    yield f"{day.month:02}/{day.day:02}/{day.year}"


def _words(text: str) -> str:
    """The words of a text, so that spaces, case and signs make no difference."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
