"""What a request says: inputs under headings or as `key: value` lines.

Reads text that anyone may write; it must not trust it beyond the form of a value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.process import Definition, Input

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<title>.+?)[ \t#]*$")
_PAIR = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?[*_`]*(?P<key>[A-Za-z][\w -]{0,60}?)[*_`]*[ \t]*:"
    r"[*_]*[ \t]*(?P<value>\S.*)$"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_EMPTY = {"", "_no response_", "none", "n/a", "tbd", "?", "-"}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Request:
    """The inputs that a request gives, and for each that it lacks a sentence why."""

    inputs: Mapping[str, str]
    problems: Mapping[str, str]


def read(definition: Definition, description: str) -> Request:
    """The inputs of a process as a description gives them."""
    given = _given(definition, _COMMENT.sub("", description))
    problems = {
        name: problem
        for name, wanted in definition.inputs.items()
        if (problem := _problem(wanted, given.get(name)))
    }
    return Request({name: value for name, value in given.items() if name not in problems}, problems)


def template(definition: Definition, names: Mapping[str, str]) -> str:
    """Headings with examples for some inputs, ready to paste into a request."""
    parts = [
        f"### {definition.inputs[name].title}\n\n{definition.inputs[name].example}"
        for name in names
    ]
    return "\n\n".join(parts)


def _given(definition: Definition, text: str) -> dict[str, str]:
    names = {key: name for name, wanted in definition.inputs.items() for key in _keys(name, wanted)}
    given: dict[str, str] = {}
    for title, value in (*_under_headings(text), *_pairs(text)):
        name = names.get(_fold(title))
        if name and value.casefold() not in _EMPTY:
            given.setdefault(name, value)
    return given


def _keys(name: str, wanted: Input) -> tuple[str, str]:
    return _fold(name), _fold(wanted.title)


def _under_headings(text: str) -> Iterator[tuple[str, str]]:
    title, lines = "", list[str]()
    for line in (*text.splitlines(), "# end"):
        heading = _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield title, " ".join(" ".join(lines).split())
        title, lines = heading["title"], []


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if pair := _PAIR.match(line):
            yield pair["key"], " ".join(pair["value"].split())


def _fold(title: str) -> str:
    return re.sub(r"[\s_-]+", " ", title.strip(" *_`:")).casefold()


def _problem(wanted: Input, value: str | None) -> str | None:
    if value is None:
        return "is missing" if wanted.required else None
    if len(value) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if wanted.type == "date" and _date(value) is None:
        return "is not a date of the form YYYY-MM-DD"
    return None


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
