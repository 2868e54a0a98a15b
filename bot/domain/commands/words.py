"""Takes a command line apart from the left: words, pairs of key and value, and the rest.

It must not know verbs or names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTES = '"\u201c\u201d\u201e'  # people's keyboards make typographic ones
_PAIR = re.compile(
    rf"(?P<key>[^\s={_QUOTES}]+)="
    rf"(?:[{_QUOTES}](?P<quoted>(?:[^{_QUOTES}\\]|\\.)*)[{_QUOTES}]|(?P<bare>[^\s{_QUOTES}]\S*)?)"
    r"(?!\S)\s*"
)
_SPECIAL = re.compile(rf"([{_QUOTES}\\])")
_ESCAPED = re.compile(rf"\\([{_QUOTES}\\])")


@dataclass(slots=True)
class Words:
    """A line and how far it has been read."""

    left: str

    def peek(self) -> str:
        """The next word; empty at the end."""
        return next(iter(self.left.split(maxsplit=1)), "")

    def take(self) -> str:
        """The next word, which is read now; empty at the end."""
        word, self.left = (*self.left.split(maxsplit=1), "", "")[:2]
        return word

    def take_rest(self) -> str:
        """All that is left."""
        rest, self.left = self.left.strip(), ""
        return rest

    def take_until(self, end: str) -> str:
        """The words before another one."""
        taken = list[str]()
        while self.peek() and self.peek().casefold() != end:
            taken.append(self.take())
        return " ".join(taken)

    def take_pairs(self) -> Iterator[tuple[str, str]]:
        """Pairs such as `key=value` and `key="a value"`, as long as there are any."""
        while match := _PAIR.match(self.left.lstrip()):
            self.left = self.left.lstrip()[match.end() :]
            quoted = match["quoted"]
            yield (
                match["key"],
                (match["bare"] or "") if quoted is None else _ESCAPED.sub(r"\1", quoted),
            )


def quote(value: str) -> str:
    """A value in quotes, as `take_pairs` reads it."""
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f'"{escaped}"'
