"""What a request says: inputs under headings or as `key: value` lines.

Reads text that anyone may write; it must not trust it beyond the form of a value.
Text of any length is read in one pass, without patterns that could run away.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, takewhile

from bot.domain.process import Definition
from bot.domain.rendering import plain
from bot.domain.versions import is_version
from bot.domain.versions import plain as plain_version

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<title>.*)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_WRAPPED = re.compile(r"(?P<mark>[*_`]{1,3})(?P<text>[^*_`]+)(?P=mark)")
_EMPTY = {"", "no response", "none", "n/a", "tbd", "?", "-"}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Request:
    """The inputs that a request gives, and for each that it lacks a sentence why."""

    inputs: Mapping[str, str]
    problems: Mapping[str, str]


def read(
    definition: Definition,
    description: str,
    labels: Collection[str] = frozenset(),
    more: Mapping[str, str] | None = None,
) -> Request:
    """The inputs of a process as a description gives them, and the labels beside it.

    `more` is given by commands, and counts more.
    """
    values = _given(definition, _COMMENT.sub("", description))
    return checked(definition, {**values, **_labelled(definition, labels), **(more or {})})


def checked(definition: Definition, values: Mapping[str, str]) -> Request:
    """The inputs of a process out of values by name, with those that go without saying."""
    given = {**_defaults(definition), **_chosen(definition, values)}
    problems = {
        name: problem
        for name in definition.inputs
        if (problem := _problem(definition, name, given.get(name)))
    }
    return Request({name: value for name, value in given.items() if name not in problems}, problems)


def template(definition: Definition, names: Iterable[str]) -> str:
    """Headings with examples for some inputs, ready to paste into a request."""
    parts = [
        f"### {definition.inputs[name].title}\n\n{definition.inputs[name].example}"
        for name in names
    ]
    return "\n\n".join(parts)


def _given(definition: Definition, text: str) -> dict[str, str]:
    names = {
        _fold(key): name
        for name, wanted in definition.inputs.items()
        for key in (name, wanted.title)
    }
    lines = tuple(_lines(text))
    given: dict[str, str] = {}
    for title, text_given in (*_under_headings(lines), *_pairs(lines)):
        name = names.get(_fold(title))
        value = _value(text_given) if name else ""
        if name and value.casefold() not in _EMPTY:
            given.setdefault(name, value)
    return given


def _defaults(definition: Definition) -> dict[str, str]:
    return {
        name: wanted.default
        for name, wanted in definition.inputs.items()
        if wanted.default and wanted.type != "date"
    }


def _labelled(definition: Definition, labels: Collection[str]) -> dict[str, str]:
    return {
        name: value
        for name, wanted in definition.inputs.items()
        for label, value in wanted.labels.items()
        if label in labels
    }


def _chosen(definition: Definition, values: Mapping[str, str]) -> dict[str, str]:
    """The values; what is written in several ways is as the definition writes it."""
    chosen = dict(values)
    for name in definition.inputs.keys() & values.keys():
        written = {_fold(choice): choice for choice in definition.inputs[name].choices}
        chosen[name] = written.get(_fold(values[name]), values[name])
        if definition.inputs[name].type == "version":
            chosen[name] = plain_version(values[name])
    return chosen


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code: that gives values, and no headings and no keys."""
    fence = ""
    for line in text.splitlines():
        bare = line.strip()
        opens = None if fence else _FENCE.match(line)
        closes = fence and len(bare) >= len(fence) and not bare.strip(fence[0])
        if opens or closes:
            fence = opens["fence"] if opens else ""
            yield "", True
        else:
            yield line, bool(fence)


def _under_headings(lines: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, str]]:
    """Each heading with the first paragraph below it; remarks may follow."""
    title, below = "", list[str]()
    for line, is_code in (*lines, ("# end", False)):
        heading = None if is_code else _HEADING.match(line)
        if heading is None:
            below.append(line)
            continue
        paragraph = takewhile(str.strip, dropwhile(lambda text: not text.strip(), below))
        yield title, " ".join(paragraph)
        title, below = heading["title"], []


def _pairs(lines: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, str]]:
    for line, is_code in lines:
        if is_code or ":" not in line:
            continue
        bullet = _BULLET.match(line)
        key, _, value = line[bullet.end() if bullet else 0 :].partition(":")
        # `**Key:** value` closes its emphasis behind the colon.
        mark = value[: len(value) - len(value.lstrip("*_"))]
        yield key, value.removeprefix(mark) if key.count(mark) % 2 else value


def _fold(title: str) -> str:
    return re.sub(r"[ _-]+", " ", plain(title).strip(" *_`:#")).casefold()


def _value(text: str) -> str:
    value = plain(text)
    wrapped = _WRAPPED.fullmatch(value)
    return wrapped["text"].strip() if wrapped else value


def _problem(definition: Definition, name: str, value: str | None) -> str | None:
    wanted = definition.inputs[name]
    if value is None:
        return "is missing" if wanted.needed else None
    if len(value) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if wanted.choices and value not in wanted.choices:
        return f"is none of {', '.join(wanted.choices)}"
    if wanted.type == "date" and not _is_date(value):
        return "is not a date of the form YYYY-MM-DD"
    if wanted.type == "version" and not is_version(value):
        return "is not a version such as 1.2 or 1.2.3-ee.0"
    return None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
