"""Whether a part of a process is wanted: a small expression over the inputs of a launch.

Comparisons joined by `and` and `or`, of which `and` binds closer; there are no brackets.
Nothing is ever run: a text that is not of this form is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import TypeGuard

MAX_LENGTH = 300
"""Longer ones nobody reads."""

HELP = 'write for instance provider == "one" or edition in ["ce", "ee"]'

_TEXT = r"""(?:"[^"]*"|'[^']*')"""
_COMPARISON = re.compile(
    rf"""\s*(?P<input>[a-z0-9_-]+)\s*
    (?:(?P<sign>==|!=)\s*(?P<one>{_TEXT})
    |(?P<not>not\s+)?in\s*\[\s*(?P<many>{_TEXT}(?:\s*,\s*{_TEXT})*)\s*\])\s*""",
    re.VERBOSE,
)
_NAME = re.compile(r"\s*[a-z0-9_-]+\s*")
_JOINT = re.compile(r"(?P<joint>and|or)\b")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An input is one of some values, or, where it is negated, none of them."""

    input: str
    values: tuple[str, ...]
    negated: bool = False

    def holds(self, inputs: Mapping[str, str]) -> bool:
        """Whether it is so, whatever the case and joints; an input that is not given is empty."""
        known = {_fold(value) for value in self.values}
        return (_fold(inputs.get(self.input, "")) in known) != self.negated


Condition = tuple[tuple[Comparison, ...], ...]
"""Alternatives, each of which is a list of comparisons that all have to hold."""


def parse(text: str) -> Condition:
    """The condition that a text states. Raises `ValueError` where it states none."""
    alternatives: list[list[Comparison]] = [[]]
    for joint, comparison in _parts(text):
        if joint == "or":
            alternatives.append([])
        alternatives[-1].append(comparison)
    return tuple(map(tuple, alternatives))


def is_valid(text: object) -> TypeGuard[str]:
    """Whether this is a text, short enough, that states a condition."""
    try:
        return isinstance(text, str) and len(text) <= MAX_LENGTH and bool(parse(text))
    except ValueError:
        return False


def comparisons(text: str) -> tuple[Comparison, ...]:
    """Every comparison of a condition; of one that cannot be read, none."""
    return tuple(chain.from_iterable(parse(text))) if is_valid(text) else ()


def holds(text: str | None, inputs: Mapping[str, str]) -> bool:
    """Whether the condition holds for these inputs; none always does."""
    if text is None:
        return True
    return any(all(one.holds(inputs) for one in every) for every in parse(text))


def described(text: str, names: Mapping[str, str]) -> str:
    """The condition in words, with the inputs called by these names."""
    return ", or ".join(
        " and ".join(_described(one, names.get(one.input, one.input)) for one in every)
        for every in parse(text)
    )


def both(first: str, second: str) -> str:
    """The condition that holds where both do."""
    pairs = product(_alternatives(first), _alternatives(second))
    return " or ".join(f"{one} and {other}" for one, other in pairs)


def _fold(value: str) -> str:
    return " ".join(re.split(r"[\s_-]+", value)).casefold()


def _described(one: Comparison, name: str) -> str:
    values = " or ".join(value or "empty" for value in one.values)
    return f"{name} is {'not ' if one.negated else ''}{values}"


def _alternatives(text: str) -> Iterator[str]:
    every: list[str] = []
    for joint, comparison in _parts(text):
        if joint == "or":
            yield " and ".join(every)
            every = []
        every.append(_written(comparison))
    yield " and ".join(every)


def _written(comparison: Comparison) -> str:
    values = [f"'{value}'" if '"' in value else f'"{value}"' for value in comparison.values]
    if len(values) == 1:
        return f"{comparison.input} {'!=' if comparison.negated else '=='} {values[0]}"
    sign = "not in" if comparison.negated else "in"
    return f"{comparison.input} {sign} [{', '.join(values)}]"


def _parts(text: str) -> Iterator[tuple[str, Comparison]]:
    """Every comparison together with the word before it."""
    joint, place = "", 0
    while match := _COMPARISON.match(text, place):
        values = re.findall(_TEXT, match["many"] or match["one"])
        negated = bool(match["not"]) or match["sign"] == "!="
        yield joint, Comparison(match["input"], tuple(value[1:-1] for value in values), negated)
        place = match.end()
        if place == len(text):
            return
        following = _JOINT.match(text, place)
        if following is None:
            raise ValueError(_unreadable(place))
        joint, place = following["joint"], following.end()
    name = _NAME.match(text, place)
    place = name.end() if name else place
    is_assigned = re.match("=(?!=)", text[place:]) is not None
    raise ValueError(_unreadable(place, "compare with `==`; " if is_assigned else ""))


def _unreadable(place: int, cure: str = "") -> str:
    return f"this condition cannot be read from its character {place + 1} on; {cure}{HELP}"
