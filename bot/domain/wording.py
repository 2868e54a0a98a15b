"""How messages speak of words that do not fit: what was meant, and what would be allowed.

It must not know where the words come from.
"""

import difflib
import re
from collections.abc import Iterable, Sequence

GUESSES = 20
"""How many words of a file are worth a guess: each looks at all names, and hundreds take long."""

_CUTOFF = 0.6


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that somebody who wrote the word most likely meant, if any is close."""
    by_form = {_form(candidate): candidate for candidate in candidates}
    matches = difflib.get_close_matches(_form(word), by_form, n=1, cutoff=_CUTOFF)
    return by_form[matches[0]] if matches else None


def listed(words: Sequence[str]) -> str:
    """The words as a list in a sentence: a, b and c."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last


def counted(number: int, thing: str) -> str:
    """A number together with what it counts: 1 task, 2 tasks."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _form(word: str) -> str:
    return re.sub(r"[\s_-]+", "-", word.strip().casefold())
